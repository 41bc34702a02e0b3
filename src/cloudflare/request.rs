//! The request as one string, cut into slices.

use crate::domain::{class::Signs, keyring, redirect::Visit};

/// What [`super::js::read`] read.
pub struct Request<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The URL up to its path.
    pub origin: &'a str,
    /// The URL up to its query.
    url: &'a str,
    /// Path and query, from the slash on; a fragment never comes over the wire.
    pub target: &'a str,
    signs: Signs<'a>,
    cookie: &'a str,
    gpc: bool,
    /// The visitor's address; never stored, nor logged.
    pub address: &'a str,
}

impl<'a> Request<'a> {
    /// Cuts the string; `None` if it is not what edge.js makes.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut lines = text.split('\n');
        let mut next = || lines.next();
        let (method, url) = (next()?, next()?);
        let host = url.find("://")? + 3;
        let path = host + url.get(host..)?.find('/')?;
        let (origin, target) = url.split_at_checked(path)?;
        let url = url.split('?').next().unwrap_or(url);
        let user_agent = next()?;
        let cookie = next()?;
        let gpc = next()? == "1";
        let mut request = Self {
            method,
            origin,
            url,
            target,
            cookie,
            gpc,
            signs: Signs {
                head: method == "HEAD",
                user_agent,
                purpose: next()?,
                destination: next()?,
                language: next()?,
                asn: 0,
                verified_bot: false,
            },
            address: next()?,
        };
        request.signs.asn = next()?.parse().unwrap_or(0);
        request.signs.verified_bot = next()? == "1";
        Some(request)
    }

    /// The path, without the query.
    pub fn path(&self) -> &'a str {
        self.target.split('?').next().unwrap_or_default()
    }

    fn query(&self) -> &'a str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The code, where the path has the form of a link.
    pub fn code(&self) -> Option<&'a str> {
        keyring::code_of_path(self.path())
    }

    /// Whether it is a call of the API, or asks for a landing page.
    pub fn is_for_api(&self) -> bool {
        let path = self.path();
        path == "/v1"
            || path.starts_with("/v1/")
            || path.starts_with("/l/")
            || path.starts_with("/u/")
    }

    /// What follows `/s/`: a spoken code, as the URL has it.
    pub fn spoken(&self) -> Option<&'a str> {
        self.path().strip_prefix("/s/")
    }

    /// What a link looks at.
    pub fn visit(&self) -> Visit<'a> {
        Visit {
            url: self.url,
            query: self.query(),
            signs: self.signs,
            cookie: self.cookie,
            gpc: self.gpc,
            address: self.address,
        }
    }

    /// A body, unless only the headers are asked for.
    pub fn body(&self, page: impl FnOnce() -> String) -> String {
        if self.signs.head {
            String::new()
        } else {
            page()
        }
    }
}
