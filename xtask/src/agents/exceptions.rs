//! Owns where the table departs from crawler-user-agents, pattern by pattern,
//! with the reason. It does not expand or check anything.
//!
//! The list is made for logs, where calling a person a robot costs little. A
//! referral is shared inside applications, so their browsers come first. A
//! robot lost here that has a name of its own is still caught as suspected,
//! unless it begins like a browser and says nothing else.

/// Patterns that are left out, and why: what they match is a person, and a
/// robot of that name, if there is one, is caught by another rule.
pub(super) const EXCLUDED: &[(&str, &str)] = &[
    (
        r"AP3A\.240617\.008",
        "an Android 15 build id; its own instance is a phone inside Instagram",
    ),
    (
        "MetaIAB Facebook",
        "Facebook's in-app browser on Android, that is: the clicks that count",
    ),
    (
        r"Code\/1\.",
        "Visual Studio Code, whose built-in browser a person looks at",
    ),
    (r"Trae\/", "an editor's built-in browser, as above"),
    (
        "Fluid",
        "a Mac application that turns a site into a window for a person",
    ),
    (
        "Trove",
        "without an instance; hits shop and museum applications of that name",
    ),
];

/// A pattern, the literals that stand for it, and why.
type Narrowed = (&'static str, &'static [&'static str], &'static str);

/// Patterns that are kept in a narrower form, or that do not write out; a
/// leading `^` means the start. Every instance of the package must still match.
pub(super) const NARROWED: &[Narrowed] = &[
    // Applications whose robots begin with the name, while their in-app or
    // desktop browsers begin with Mozilla/ and carry the name at the end.
    ("Viber", &["^Viber"], "in-app browser ends in Viber/12"),
    ("WhatsApp", &["^WhatsApp"], "as Viber; also on desktop"),
    (r"Bluesky\/", &["^Bluesky/"], "in-app browser"),
    (r"Tumblr\/", &["^Tumblr/"], "in-app browser"),
    (
        r"Notion\/",
        &["^Notion/"],
        "desktop application, on Electron",
    ),
    (r"Asana\/", &["^Asana/"], "desktop application, on Electron"),
    (
        r"Grammarly\/",
        &["^Grammarly/"],
        "desktop application and keyboard",
    ),
    (
        r"PayPal\/",
        &["^PayPal/"],
        "in-app browser; the robot is a webhook",
    ),
    (r"Stripe\/", &["^Stripe/"], "as PayPal"),
    (r"Klaviyo\/", &["^Klaviyo/"], "as PayPal"),
    (r"Trustly\/", &["^Trustly/"], "as PayPal"),
    (r"Retool\/", &["^Retool/"], "mobile application"),
    (r"IFTTT\/", &["^IFTTT/"], "mobile application"),
    (r"Instapaper\/", &["^Instapaper/"], "in-app browser"),
    (r"Overcast\/", &["^Overcast/"], "in-app browser"),
    (r"PocketCasts\/", &["^PocketCasts/"], "in-app browser"),
    ("Podimo", &["^Podimo"], "in-app browser"),
    ("Feedly", &["^Feedly"], "in-app browser"),
    ("NewsBlur", &["^NewsBlur"], "in-app browser"),
    ("Disqus", &["^Disqus"], "in-app browser"),
    ("Zapier", &["^Zapier"], "mobile application"),
    (
        "Jumio",
        &["^Jumio"],
        "its SDK's web view checks a person's papers",
    ),
    ("GoPay", &["^GoPay"], "a wallet's in-app browser"),
    (
        "OneTrust",
        &["^OneTrust"],
        "its SDK runs in people's applications",
    ),
    (
        "ExodusMovement",
        &["^ExodusMovement"],
        "a wallet's in-app browser",
    ),
    (
        "CapitalOneShopping",
        &["^CapitalOneShopping"],
        "in-app browser",
    ),
    (
        r"Salesforce\.com",
        &["^Salesforce.com"],
        "mobile application",
    ),
    (r"Make\/", &["^Make/"], "a word that ends many names"),
    (
        "Lemmy",
        &["^Lemmy"],
        "clients of that network carry the name",
    ),
    (
        "Mastodon",
        &["^Mastodon/", "(Mastodon/"],
        "clients of that network carry the name",
    ),
    (
        "HubSpot",
        &["HubSpot "],
        "the mobile application says HubSpot/",
    ),
    (
        "Blackboard",
        &["Blackboard Safeassign"],
        "a school's application",
    ),
    (
        "Tweakers",
        &["Tweakers Image Proxy"],
        "the site's own application",
    ),
    (
        "Goodreads",
        &["compatible; Goodreads"],
        "the site's own application",
    ),
    (
        "MailChimp",
        &["compatible; MailChimp", "^MailChimp"],
        "mobile application",
    ),
    (
        r"upday\/",
        &["compatible; upday/"],
        "Samsung's news application",
    ),
    (
        r"mail\.ru",
        &["top.mail.ru/passremind"],
        "the portal's own browser",
    ),
    (
        "Sogou",
        &[
            "Sogou web",
            "Sogou News",
            "Sogou Pic",
            "Sogou head",
            "Sogou Orion",
            "Sogou-Test",
            "Sogou inst",
            "Sogou blog",
            "Sogou develop",
        ],
        "SogouMobileBrowser is a browser",
    ),
    // Short or everyday words that phones and browsers carry too.
    (
        "Sonic",
        &["RankSonic", "; Sonic/1.0"],
        "Slack on Windows says Sonic; ViewSonic makes tablets",
    ),
    ("Butterfly", &["; Butterfly/1.0; +"], "an HTC telephone"),
    ("Charlotte", &["(Charlotte/"], "a name"),
    ("Magellan", &["^Magellan"], "a maker of telephones"),
    ("Adventurer", &["^Adventurer"], "a word"),
    ("Yeti", &["Yeti/"], "a word"),
    (
        "Fever",
        &["Fever/"],
        "a ticket shop's application has the name",
    ),
    ("Devin", &["Devin/"], "a name"),
    ("Expanse", &["^Expanse"], "a word"),
    ("Determ", &["^Determ"], "the beginning of a word"),
    ("Hello World", &["^Hello World"], "a phrase"),
    (r"Odin;", &["compatible; Odin;"], "model names end so"),
    (
        r"Fetch\/",
        &["^Fetch/"],
        "MozacFetch/ is Firefox on Android",
    ),
    (r"NING\/", &["^NING/"], "the end of many words"),
    (r"RED\/", &["^RED/"], "model names end so, before Build/"),
    (r"008\/", &["^008/", " 008/"], "build numbers end so"),
    (r"AHC\/", &["^AHC/"], "model names end so"),
    (
        "Nitro-",
        &["; Nitro-;", "Nitro-Optimizer"],
        "Acer's computers",
    ),
    (
        "Chirp|gotosocial",
        &["^Chirp", "gotosocial"],
        "a word that applications carry",
    ),
    ("linko", &["linko.app"], "the middle of many words"),
    // Expressions that do not write out. Whatever they match contains the
    // literal given here.
    (
        r"AdsBot-Google([^-]|$)",
        &["AdsBot-Google"],
        "the name with a hyphen behind it is a robot too",
    ),
    (
        r"BlogTraffic\/\d\.\d+ Feed-Fetcher",
        &["BlogTraffic/"],
        "versions without end",
    ),
    (
        r"ContextualBot[\s\S]*outcomes\.net",
        &["ContextualBot"],
        "enough by itself",
    ),
    (
        r"Current[\s\S]*RSS Reader",
        &["; RSS Reader"],
        "the half that no browser carries",
    ),
    (
        r"Spider[\s\S]*spider\.com",
        &["spider.com"],
        "the half that no browser carries",
    ),
];
