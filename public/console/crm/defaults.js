// What is what in a CRM that nobody has changed. The server has the same, and a test
// holds them against each other.

/** @typedef {{ key: string, fields: Record<string, string>, stages: Record<string, string> }} Defaults */

/** @type {Record<string, Defaults>} by object */
export const DEFAULTS = {
  Lead: {
    key: "Goodword_Id__c",
    fields: {
      FirstName: "first_name", LastName: "last_name", Company: "company", Email: "email", Phone: "phone", Status: "stage", OwnerId: "owner",
      Goodword_Amount__c: "amount", Goodword_Advocate__c: "advocate_name", Goodword_Channel__c: "channel",
    },
    stages: { new: "Open - Not Contacted", accepted: "Working - Contacted", meeting: "Meeting", opportunity: "Opportunity", won: "Won", lost: "Closed - Not Converted" },
  },
  Opportunity: {
    key: "Goodword_Id__c",
    fields: {
      Name: "title", StageName: "stage", OwnerId: "owner", Amount: "amount", CloseDate: "closes",
      Goodword_Advocate__c: "advocate_name", Goodword_Channel__c: "channel",
    },
    stages: { new: "Prospecting", accepted: "Qualification", meeting: "Needs Analysis", opportunity: "Proposal/Price Quote", won: "Closed Won", lost: "Closed Lost" },
  },
  contacts: {
    key: "goodword_id",
    fields: {
      email: "email", firstname: "first_name", lastname: "last_name", phone: "phone", company: "company", hs_lead_status: "stage", hubspot_owner_id: "owner",
      goodword_amount: "amount", goodword_advocate: "advocate_name", goodword_channel: "channel",
    },
    stages: { new: "NEW", accepted: "OPEN", meeting: "CONNECTED", opportunity: "OPEN_DEAL", won: "WON", lost: "UNQUALIFIED" },
  },
  deals: {
    key: "goodword_id",
    fields: {
      dealname: "title", dealstage: "stage", hubspot_owner_id: "owner", amount: "amount", closedate: "closes", closed_lost_reason: "reason",
      goodword_advocate: "advocate_name", goodword_channel: "channel",
    },
    stages: { new: "appointmentscheduled", accepted: "qualifiedtobuy", meeting: "presentationscheduled", opportunity: "contractsent", won: "closedwon", lost: "closedlost" },
  },
};
