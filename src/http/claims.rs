//! `/v1/public/conversions`: a browser says that it has bought.
//!
//! Owns what that is worth. Anybody could say it, of any order, so that it is no
//! sale: it keeps the click for the report of a server that knows of the order, and
//! what is earned by it is held until somebody has looked (`conversions`).

use http::StatusCode;
use utoipa::ToSchema;

use super::{
    Response, intake, limits, output,
    problem::Problem,
    programs,
    public::{self, Received, Site},
    request::Request,
};
use crate::{
    decode::{self, record},
    domain::program::Identifier,
    store::claims,
};

/// The most receipts that are looked at.
const MOST_RECEIPTS: usize = 20;

record! {
    /// What a browser says of a sale; how much it was, it is not asked.
    #[derive(ToSchema)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Claim {
        /// Slug of the program.
        program: String,
        /// What the shop calls the order.
        #[schema(value_type = String, example = "order-1001")]
        order_id: Identifier,
        /// Receipts that the landing page was given in `gw` and `gw_click`, the one of
        /// the winning touch first; at most 20 are looked at.
        #[serde(default)]
        receipts: Vec<String> = decode::or_default,
    }
}

/// Notes by which click the browser came that says it has bought: 202 whatever
/// becomes of it. It is no sale. When a server reports the order (`POST
/// /v1/conversions`) and nothing else tells whose it is, the click does; its
/// rewards are held until somebody has looked. So it has to come before that report, and
/// within 90 days. Where no receipt proves anything, the program's cookie is looked at,
/// unless the page is of another site than the program's own.
#[utoipa::path(post, path = "/v1/public/conversions", tag = "conversions",
    params(("program" = Option<String>, Query,
        description = "Slug of the program; a page of another origin has to name it here too")),
    request_body = Claim, responses((status = 202, body = Received)))]
pub(super) async fn take(request: Request) -> Result<Response, Problem> {
    let asked = public::asked(&request);
    let site = Site::of(&request, asked.as_deref()).await?;
    let response = match note(&request, asked.as_deref(), &site).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    Ok(site.share(response))
}

/// Tells a browser whether a page of another origin may say so here.
#[utoipa::path(options, path = "/v1/public/conversions", tag = "conversions",
    params(("program" = Option<String>, Query,
        description = "Slug of the program; a page of another origin has to name it here too")),
    responses((status = 204)))]
pub(super) async fn preflight(request: Request) -> Result<Response, Problem> {
    public::preflight(request).await
}

async fn note(request: &Request, asked: Option<&str>, site: &Site) -> Result<Response, Problem> {
    limits::admit(request, "form").await?;
    let claim: Claim = request.json()?;
    if asked.is_some_and(|slug| slug != claim.program) {
        return Err(Problem::field(
            "program",
            "is not the one that the URL names",
        ));
    }
    let call = &request.call;
    let program = programs::usable(call, &claim.program, Some("program")).await?;
    // On the same zone the cookie is still there when the page's storage is not. A
    // page of somebody else's cannot have its visitors say that they bought.
    let kept = public::cookie(request.headers(), &program);
    let kept = kept.filter(|_| !matches!(site, Site::Foreign));
    let given = claim.receipts.iter().take(MOST_RECEIPTS);
    for receipt in given.map(String::as_str).chain(kept) {
        // What proves nothing is no error of whoever bought.
        if let Ok(read) = intake::read_receipt(call, &program, receipt) {
            let click = read.click.to_hex();
            let order = claim.order_id.as_str();
            claims::add(
                call.db(),
                program.number,
                order,
                (&click, receipt),
                call.now,
            )
            .await?;
            break;
        }
    }
    Ok(output::json(
        StatusCode::ACCEPTED,
        &Received { received: true },
    ))
}
