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
    text.len() == 49 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
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
    let given = fields.get("gw").map(String::as_str).into_iter();
    let mut kept = given.chain(cookies.filter_map(|pair| pair.strip_prefix("gw=")));
    let order = format!("{:016x}", getrandom::u64().unwrap_or_default());
    // A real shop takes the money here, stores the order with its receipt, and reports from there.
    let sale = json!({"program": var("GOODWORD_PROGRAM").ok(), "kind": "sale", "order_id": order,
        "amount": 4999, "currency": "USD", "email": fields.get("email"), "receipt": kept.find(is_receipt)});
    tokio::task::spawn_blocking(|| report(sale));
    format!("Thank you. Your order is {order}.")
}

/// A sale is known by its order, so that it can be reported again until it is there.
fn report(mut sale: Value) {
    let [url, key] = ["GOODWORD_URL", "GOODWORD_KEY"].map(|name| var(name).unwrap_or_default());
    for wait in [0, 1, 2, 4, 8, 16, 32, 64] {
        thread::sleep(Duration::from_secs(wait));
        let call = ureq::post(format!("{url}/v1/conversions"))
            .header("authorization", format!("Bearer {key}"));
        match call.send_json(&sale) {
            Ok(_) => return,
            // One that has expired or was made up proves nothing; the sale took place all the same.
            Err(ureq::Error::StatusCode(422)) if sale["receipt"].is_string() => {
                sale["receipt"] = Value::Null
            }
            Err(ureq::Error::StatusCode(400..=499)) => break,
            Err(_) => {}
        }
    }
    eprintln!("order {} is not reported", sale["order_id"]);
}
