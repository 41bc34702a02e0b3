//! Events: what others are told of.
//!
//! Owns their names. What writes each, and what it says, stands in the migrations'
//! triggers from 0012 on; a test holds the two against each other (`tests/api/webhooks.rs`).

use crate::decode::names;

names! {
    /// The type of an event.
    pub enum EventType {
        /// A webhook was made.
        WebhookCreated => "webhook.created",
        /// Something of a webhook was changed.
        WebhookUpdated => "webhook.updated",
        /// A webhook was deleted.
        WebhookDeleted => "webhook.deleted",
        /// A webhook was paused, as nothing arrived for three days.
        WebhookPaused => "webhook.paused",
        /// Somebody tries a webhook; it alone is told.
        WebhookTest => "webhook.test",
        /// A program was made.
        ProgramCreated => "program.created",
        /// Something of a program was changed.
        ProgramUpdated => "program.updated",
        /// What a program says has a new version.
        ContentPublished => "content.published",
        /// What a program pays has a new version.
        RulesPublished => "rules.published",
        /// A destination was made.
        DestinationCreated => "destination.created",
        /// A destination was changed.
        DestinationUpdated => "destination.updated",
        /// A label was made.
        LabelCreated => "label.created",
        /// An advocate was made.
        AdvocateCreated => "advocate.created",
        /// Something of an advocate was changed.
        AdvocateUpdated => "advocate.updated",
        /// An advocate was invited.
        AdvocateInvited => "advocate.invited",
        /// An advocate came to their page for the first time.
        AdvocateJoined => "advocate.joined",
        /// An advocate turned out to be another one.
        AdvocateMerged => "advocate.merged",
        /// An advocate was erased.
        AdvocateErased => "advocate.erased",
        /// A code to be said was issued.
        CodeIssued => "code.issued",
        /// A code to be said was revoked.
        CodeRevoked => "code.revoked",
        /// A link was revoked.
        LinkRevoked => "link.revoked",
        /// An advocate shared a link.
        ShareRecorded => "share.recorded",
        /// An advocate had a good moment, or a bad one.
        MomentRecorded => "moment.recorded",
        /// A rep was made.
        RepCreated => "rep.created",
        /// Something of a rep was changed.
        RepUpdated => "rep.updated",
        /// A rep's goals were set.
        GoalsSet => "goals.set",
        /// A program's leads go to other reps.
        RoutingChanged => "routing.changed",
        /// A lead came in.
        LeadCreated => "lead.created",
        /// Another advocate has the credit for a lead, or none.
        LeadCredited => "lead.credited",
        /// A lead went to another stage.
        LeadStageChanged => "lead.stage_changed",
        /// A lead has another owner.
        LeadOwnerChanged => "lead.owner_changed",
        /// Another referral of the same person joined a lead.
        LeadJoined => "lead.joined",
        /// Another referral of the same person was refused the credit.
        LeadRefused => "lead.refused",
        /// A lead looks like a fraud.
        LeadFlagged => "lead.flagged",
        /// Somebody got in touch with a lead.
        LeadFollowedUp => "lead.followed_up",
        /// A lead's person was erased.
        LeadErased => "lead.erased",
        /// A sale was recorded.
        SaleRecorded => "sale.recorded",
        /// A sale found its lead.
        SaleMatched => "sale.matched",
        /// A sale's amount was corrected.
        SaleCorrected => "sale.corrected",
        /// A browser said of an order that it is its own.
        SaleClaimed => "sale.claimed",
        /// A refund was recorded.
        RefundRecorded => "refund.recorded",
        /// A reward came to be.
        RewardGranted => "reward.granted",
        /// A reward has another amount, as its sale has.
        RewardAdjusted => "reward.adjusted",
        /// A reward has another amount, as its rules have.
        RewardRestated => "reward.restated",
        /// A reward was taken back.
        RewardReversed => "reward.reversed",
        /// A reward waits until somebody has looked.
        RewardHeld => "reward.held",
        /// A reward waits no longer.
        RewardReleased => "reward.released",
        /// A reward was approved.
        RewardApproved => "reward.approved",
        /// A reward is in a payout.
        RewardIssued => "reward.issued",
        /// A reward's payout came back.
        RewardReturned => "reward.returned",
        /// A reward was paid.
        RewardPaid => "reward.paid",
        /// A payout was issued.
        PayoutIssued => "payout.issued",
        /// A letter was sent.
        LetterSent => "letter.sent",
        /// A letter could not be sent.
        LetterFailed => "letter.failed",
        /// Which letters a program sends, or when, was changed.
        MessagesUpdated => "messages.updated",
        /// A letter's words have a new version.
        TemplatePublished => "template.published",
        /// An address gets no letters any more.
        SuppressionAdded => "suppression.added",
        /// An address gets letters again.
        SuppressionLifted => "suppression.lifted",
        /// A file was held against what is here.
        ReconciliationCompared => "reconciliation.compared",
        /// A member of the team was invited.
        MemberCreated => "member.created",
        /// Something of a member of the team was changed.
        MemberUpdated => "member.updated",
        /// An API key was made.
        KeyCreated => "key.created",
        /// An API key was revoked.
        KeyRevoked => "key.revoked",
        /// A day's raw clicks were archived.
        ClicksArchived => "clicks.archived",
        /// A check found a difference.
        CheckDiffers => "check.differs",
        /// The audit log has a new entry.
        AuditRecorded => "audit.recorded",
    }
}
