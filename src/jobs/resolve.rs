//! Whether a server may be asked, by what its name says now.
//!
//! Names are looked up by DNS over HTTPS (RFC 8484) in its JSON form, as a Worker has no
//! other resolver. Who owns a name can change what it says between this and the
//! connection; what stands behind that is Cloudflare's network, which reaches no private
//! address of the operator.

use std::net::IpAddr;

use futures_util::future;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    courier::{Courier, Reach},
    outside::Ask,
};
use crate::{
    decode::{self, Decode, Fault, Tree, row},
    domain::target::{self, Host, Target},
};

/// Questions that are asked of the resolver for a name: for addresses of four bytes, and
/// of sixteen.
const KINDS: [&str; 2] = ["A", "AAAA"];

/// How long the resolver may take (ms).
const PATIENCE: u32 = 3_000;

/// Bytes of its answer that are read: some hundred addresses.
const MOST: u32 = 16_384;

row! {
    struct Said {
        data: String = decode::or_default,
    }
}

/// What the resolver answers.
struct Answered(Vec<Said>);

impl Decode for Answered {
    fn decode(tree: Tree) -> Result<Self, Fault> {
        let mut fields = tree.into_object("an object")?.into_iter();
        // A name without addresses has no such field.
        let found = fields.find(|(name, _)| name == "Answer");
        Ok(Self(found.map_or_else(
            || Ok(Vec::new()),
            |(_, list)| Vec::decode(list),
        )?))
    }
}

/// How many requests it takes to know whether a URL may be asked.
#[must_use]
pub fn cost(reach: &Reach, url: &str) -> u16 {
    match (reach, Target::public(url).as_ref().map(Target::host)) {
        (Reach::Public(_), Ok(Host::Name(_))) => 2,
        _ => 0,
    }
}

/// Whether a URL may be asked now; says why not.
pub async fn may_ask(courier: &Courier<'_>, url: &str) -> Result<(), String> {
    let Reach::Public(resolver) = courier.reach else {
        return Ok(());
    };
    let target = Target::public(url).map_err(|error| format!("the URL {error}"))?;
    let Host::Name(name) = target.host() else {
        return Ok(());
    };
    let answers = KINDS.map(|kind| addresses(courier, resolver, name, kind));
    let mut any = false;
    for found in future::join_all(answers).await {
        for address in found? {
            if !target::is_public(address) {
                return Err(format!("`{name}` has a private address, {address}"));
            }
            any = true;
        }
    }
    if any {
        Ok(())
    } else {
        Err(format!("`{name}` has no address"))
    }
}

/// The addresses of a name.
async fn addresses(
    courier: &Courier<'_>,
    resolver: &str,
    name: &str,
    kind: &str,
) -> Result<Vec<IpAddr>, String> {
    let joint = if resolver.contains('?') { '&' } else { '?' };
    let escaped = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let asked = courier.outside.ask(Ask {
        method: "GET",
        url: format!("{resolver}{joint}name={escaped}&type={kind}"),
        headers: vec![("accept", "application/dns-json".to_owned())],
        body: String::new(),
        most: MOST,
        patience: PATIENCE,
    });
    let reply = asked.await.ok().filter(super::outside::Reply::is_success);
    let read = reply.and_then(|reply| decode::read::<Answered>(reply.body.as_bytes()).ok());
    let Some(read) = read else {
        return Err(format!("`{name}` could not be looked up"));
    };
    // A name that stands for another one says so between the addresses.
    let addresses = read.0.iter().filter_map(|said| said.data.parse().ok());
    Ok(addresses.collect())
}
