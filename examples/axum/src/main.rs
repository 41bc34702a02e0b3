//! A shop that keeps the receipt of a referral when somebody lands, and reports the sale with it.

use std::{collections::HashMap, env::var, io, thread, time::Duration};

use axum::extract::{Form, Query};
use axum::http::header::{COOKIE, HeaderMap, SET_COOKIE};
use axum::{Router, response::Html, response::IntoResponse, routing};
use serde_json::{Value, json};

type Fields = HashMap<String, String>;

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = format!("127.0.0.1:{}", var("PORT").unwrap_or("3000".into()));
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("The shop is open at http://{address}");
    let shop = Router::new().route("/", routing::get(land));
    axum::serve(listener, shop.route("/orders", routing::post(buy))).await
}

/// Whether a text could be a receipt; Goodword will say whether it is one.
fn is_receipt(text: &&str) -> bool {
    text.len() == 49
        && text.starts_with('c')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

async fn land(Query(query): Query<Fields>, headers: HeaderMap) -> impl IntoResponse {
    // Whoever wins by the program's policy: the redirect has settled that.
    let gw = query.get("gw").map(String::as_str).filter(is_receipt);
    let cookie = |gw| format!("gw={gw}; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax");
    // Set by a server, a cookie lasts in Safari too. Not against Global Privacy Control:
    // then the form below has it, and nothing else.
    let keeps = headers.get("sec-gpc").is_none_or(|signal| signal != "1");
    let cookie = gw.filter(|_| keeps).map(|gw| [(SET_COOKIE, cookie(gw))]);
    let page = include_str!("shop.html").replace("{gw}", gw.unwrap_or_default());
    (cookie, Html(page))
}

async fn buy(headers: HeaderMap, Form(fields): Form<Fields>) -> String {
    let cookies = headers.get(COOKIE).and_then(|value| value.to_str().ok());
    let cookies = cookies.unwrap_or_default().split("; ");
    let kept = cookies.filter_map(|pair| pair.strip_prefix("gw="));
    // The winner, the others (from goodword.js, if it is on the page), and what the cookie has.
    let field = |name| fields.get(name).map_or("", String::as_str);
    let given = field("gw").split(' ').chain(field("gw_click").split(' '));
    let receipts = given.chain(kept).filter(is_receipt).map(String::from);
    let receipts: Vec<_> = receipts.collect();
    let order = format!("{:016x}", getrandom::u64().unwrap_or_default());
    // A real shop takes the money here, stores the order with its receipts, and reports from there.
    let sale = json!({"program": var("GOODWORD_PROGRAM").ok(), "kind": "sale", "order_id": order,
        "amount": 4999, "currency": "USD", "email": fields.get("email")});
    tokio::task::spawn_blocking(|| report(sale, receipts));
    format!("Thank you. Your order is {order}.")
}

/// A sale is known by its order, so that it can be reported again until it is there.
fn report(mut sale: Value, receipts: Vec<String>) {
    let [url, key] = ["GOODWORD_URL", "GOODWORD_KEY"].map(|name| var(name).unwrap_or_default());
    let agent = ureq::Agent::config_builder().http_status_as_error(false);
    let agent = agent.build().new_agent();
    let (mut receipts, mut wait) = (receipts.into_iter(), 1);
    sale["receipt"] = receipts.next().into();
    while wait < 128 {
        let call = agent.post(format!("{url}/v1/conversions"));
        let call = call.header("authorization", format!("Bearer {key}"));
        let (status, said) = call
            .send_json(&sale)
            .map_or((503, Value::Null), |mut answer| {
                let said = answer.body_mut().read_json().unwrap_or_default();
                (answer.status().as_u16(), said)
            });
        let errors = said["errors"].as_array().into_iter().flatten();
        let at_fault: Vec<_> = errors.filter_map(|error| error["field"].as_str()).collect();
        let is_at_fault = |name| !sale[name].is_null() && at_fault.contains(&name);
        match status {
            200..=299 => return,
            // The sale took place all the same: what is at fault is left out, and nothing else.
            // A receipt that has expired or was made up proves nothing; the next may.
            422 if is_at_fault("receipt") => sale["receipt"] = receipts.next().into(),
            422 if is_at_fault("email") => sale["email"] = Value::Null,
            408 | 429 | 500.. => {
                thread::sleep(Duration::from_secs(wait));
                wait *= 2;
            }
            _ => break,
        }
    }
    eprintln!("order {} is not reported", sale["order_id"]);
}
