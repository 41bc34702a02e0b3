//! `/v1/people`: what is handed over, and that nothing of it is left.

use goodword::{
    domain::{channel::Medium, person, program::Status, visitor},
    store::leads::{self, Person, Which},
};
use http::Method;
use serde_json::{Value, json};

use crate::harness::{ADMIN, Answer, Api, NOW, SALT, block_on};

const QUENTIN: &str = "Quentin@Xylander.example";
const WILMA: &str = "Wilma@Zauber.example";

fn hash(email: &str) -> String {
    person::email_hash(&person::email_key(email))
}

/// What was done in the world below.
struct World {
    api: Api,
    /// Ids of the two leads: Quentin's, whom Wilma referred, and Otto's, who typed
    /// her code.
    quentin: String,
    otto: String,
    /// Wilma's id.
    wilma: String,
    code: String,
    /// The calls that named people, with their idempotency keys.
    calls: Vec<(&'static str, &'static str, Value)>,
}

fn keyed(api: &Api, path: &str, key: &str, body: &Value) -> Answer {
    let mut ask = api.request(Method::POST, path).key(ADMIN);
    if !key.is_empty() {
        ask = ask.header("idempotency-key", key);
    }
    ask.json(body).send()
}

impl World {
    fn new() -> Self {
        let api = Api::furnished();
        for rep in ["jonas", "lea"] {
            api.put(&format!("/v1/reps/{rep}"), &json!({"name": rep}))
                .expect(200);
        }
        let partners = json!({"slug": "partners", "name": "Partners"});
        api.post("/v1/programs", &partners).expect(201);

        let verbal = json!({"program": "customers", "medium": "in_person", "rep": "lea",
            "advocate": {"name": "Wilhelmina Zauber", "email": WILMA, "external_id": "crm-wilma"},
            "prospect": {"name": "Quentin Xylander", "email": QUENTIN, "phone": "+49 30 7654321",
                "company": "Xylander GmbH", "customer": "cus_quentin"},
            "place": "at Zauber's booth", "note": "Quentin likes tea"});
        let taken = keyed(&api, "/v1/referrals/verbal", "verbal-1", &verbal).expect(201);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (quentin, wilma) = (text(&taken["id"]), text(&taken["advocate"]));

        let code = json!({"program": "customers", "advocate": wilma});
        let code = text(&api.post("/v1/codes", &code).expect(201)["code"]);
        assert!(code.starts_with("WILHELMI-"), "{code}");
        let otto = json!({"program": "customers", "code": code,
            "prospect": {"name": "Otto Other", "email": "otto@other.example"}});
        let otto = keyed(&api, "/v1/leads", "lead-otto", &otto).expect(201);
        let share = json!({"program": "customers", "advocate": "ext:crm-wilma", "kind": "sent",
            "channel": "email", "event_id": "share-1",
            "visitor": {"address": "192.0.2.9", "user_agent": "Wilma's"}});
        api.post("/v1/shares", &share).expect(201);

        let receipt = api.receipt(&wilma, Medium::Linkedin, NOW - 60_000);
        let again = json!({"program": "customers", "receipts": [receipt],
            "prospect": {"name": "Q", "email": "QUENTIN+2@xylander.example"},
            "consent": {"text": "Quentin agreed"}});
        keyed(&api, "/v1/leads", "lead-1", &again).expect(200);
        let stage = format!("/v1/leads/{quentin}/stage");
        for step in [
            json!({"stage": "accepted", "why": "Quentin was friendly"}),
            json!({"stage": "lost", "reason": "Quentin has no budget"}),
            json!({"stage": "accepted", "why": "Quentin has one now"}),
        ] {
            api.post(&stage, &step).expect(200);
        }
        let handover = json!({"owner": "jonas", "why": "knows the Xylanders"});
        api.post(&format!("/v1/leads/{quentin}/owner"), &handover)
            .expect(200);

        let sale = json!({"program": "customers", "kind": "sale", "order_id": "o-1",
            "amount": 5000, "currency": "USD", "customer": "cus_quentin", "email": QUENTIN});
        let sold = api.post("/v1/conversions", &sale).expect(201);
        assert_eq!(sold["lead"], quentin.as_str());
        let refund = json!({"program": "customers", "kind": "refund", "refund_id": "r-1",
            "order_id": "o-1", "amount": 1000, "currency": "USD", "reason": "Quentin's choice"});
        api.post("/v1/conversions", &refund).expect(201);
        let elsewhere = json!({"program": "partners", "kind": "sale", "order_id": "o-2",
            "amount": 700, "currency": "USD", "customer": "cus_2_quentin",
            "email_sha256": hash(QUENTIN)});
        keyed(&api, "/v1/conversions", "own-key", &elsewhere).expect(201);

        let advocate = json!({"external_id": "crm-quentin", "kind": "partner",
            "name": "Quentin X.", "email": QUENTIN});
        api.post("/v1/programs/partners/advocates", &advocate)
            .expect(201);
        // As it was before hashes were kept.
        api.plant("UPDATE advocates SET email_hash = NULL WHERE external_id = 'crm-quentin'");
        api.plant(&format!(
            "INSERT INTO rewards
             SELECT 'rw_a', 1, advocate, 'sale', 'advocate', NULL, id, 'o-1', 'USD', 'cash', 1,
               {NOW}, {NOW}, 'automatic', 0, 0, 0, 0, 0 FROM leads WHERE id = '{quentin}';
             INSERT INTO rewards
             SELECT 'rw_p', 1, advocate, 'sale', 'prospect', NULL, id, 'o-1', 'USD', 'credit', 1,
               {NOW}, {NOW}, 'automatic', 0, 0, 0, 0, 0 FROM leads WHERE id = '{quentin}';
             INSERT INTO ledger (reward, kind, amount, terms, at, by)
             VALUES ('rw_a', 'granted', 300, 1, {NOW}, 'rule'), ('rw_p', 'granted', 200, 1, {NOW}, 'rule'),
               ('rw_a', 'adjusted', -60, 1, {NOW}, 'rule');
             INSERT INTO payouts VALUES ('po_1', 1, {NOW}, 'admin');
             INSERT INTO payout_lines
             SELECT 'po_1', 1, 'advocate', advocate, NULL, NULL, 'USD', 'cash', 240, 'paid',
               'to Zauber', {NOW} FROM leads WHERE id = '{quentin}';
             INSERT INTO payout_lines VALUES ('po_1', 2, 'prospect', NULL, '{quentin}', NULL,
               'USD', 'credit', 200, 'issued', 'to Xylander', NULL);"
        ));
        Self {
            quentin,
            otto: text(&otto["id"]),
            wilma,
            code,
            calls: vec![
                ("/v1/referrals/verbal", "verbal-1", verbal),
                ("/v1/leads", "lead-1", again),
                ("/v1/conversions", "", sale),
                ("/v1/conversions", "", refund),
                ("/v1/conversions", "own-key", elsewhere),
            ],
            api,
        }
    }

    fn export(&self, whom: &Value) -> Value {
        self.api.post("/v1/people/export", whom).expect(200)
    }

    fn erase(&self, whom: &Value) -> Value {
        self.api.post("/v1/people/erase", whom).expect(200)
    }

    /// Every column of every row of every table, a line each, in small letters.
    fn dump(&self) -> Vec<String> {
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table'
            AND name NOT IN ('disposable_domains', 'sqlite_sequence')";
        let mut lines = Vec::new();
        for table in self.api.column(tables) {
            let columns = self.api.column(&format!(
                "SELECT group_concat('quote(' || name || ')', ' || '' '' || ')
                 FROM pragma_table_xinfo('{table}')"
            ));
            for row in self
                .api
                .column(&format!("SELECT {} FROM {table}", columns[0]))
            {
                lines.push(format!("{table}: {row}").to_lowercase());
            }
        }
        lines
    }

    #[track_caller]
    fn is_free_of(&self, strings: &[&str]) {
        for line in self.dump() {
            for string in strings {
                assert!(!line.contains(&string.to_lowercase()), "{string}: {line}");
            }
        }
    }

    /// What statistics, rewards and money are made of.
    fn facts(&self) -> Vec<String> {
        [
            "SELECT quote(entry) || reward || kind || amount || at FROM ledger",
            "SELECT id || state || amount || payable FROM rewards",
            "SELECT id || program || at || moment || source || stage || quote(accepted_at)
               || quote(meeting_at) || quote(opportunity_at) || quote(won_at) || quote(lost_at)
               || suspected || quote(advocate) || quote(medium) || quote(label) || quote(touch)
               || terms || quote(owner) FROM leads",
            "SELECT lead || n || kind || at || advocate || medium || destination || label FROM touches",
            "SELECT lead || n || at || quote(winner) || verdicts || cause FROM decisions",
            "SELECT order_id || at || amount || refunded || quote(lead) || quote(matched_by)
               FROM net_sales",
            "SELECT lead || rule FROM flags",
            "SELECT program || advocate || changed || settled FROM accounts",
            "SELECT program || number || kind || quote(segment) || quote(owner) FROM advocates",
            "SELECT payout || n || beneficiary || amount || status FROM payout_lines",
            "SELECT advocate || kind || count FROM tallies_by_advocate",
        ]
        .iter()
        .flat_map(|sql| self.api.column(sql))
        .collect()
    }
}

const OF_QUENTIN: [&str; 4] = ["quentin", "xylander", "7654321", "likes tea"];
const OF_WILMA: [&str; 4] = ["wilhelmi", "wilma", "zauber", "W11HE1M1"];

#[test]
fn a_prospect_gets_what_is_theirs_and_of_the_advocate_an_id() {
    let world = World::new();
    let by_email = world.export(&json!({"email": "quentin@XYLANDER.example"}));
    let [lead] = by_email["leads"].as_array().unwrap().as_slice() else {
        panic!("{by_email:#}")
    };
    assert_eq!(lead["id"], world.quentin.as_str());
    assert_eq!(
        lead["person"],
        json!({"name": "Quentin Xylander", "email": QUENTIN, "email_hash": hash(QUENTIN),
            "phone": "+49 30 7654321", "company": "Xylander GmbH", "customer": "cus_quentin",
            "note": "Quentin likes tea", "visitor": null})
    );
    assert_eq!(lead["consent"]["text"], "Quentin agreed");
    assert_eq!(lead["credit"]["advocate"], world.wilma.as_str());
    assert_eq!(lead["touches"].as_array().unwrap().len(), 2);
    assert_eq!(lead["touches"][0]["place"], "at Zauber's booth");
    assert_eq!(lead["decisions"][0]["verdicts"], json!([[1, "won"]]));
    let whys: Vec<&Value> = lead["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["why"])
        .collect();
    assert!(whys.contains(&&json!("Quentin was friendly")), "{whys:?}");
    assert_eq!(lead["sales"][0]["refunds"][0]["reason"], "Quentin's choice");
    assert_eq!(lead["rewards"][0]["id"], "rw_p");
    assert_eq!(lead["rewards"][0]["entries"][0]["amount"], 200);
    assert_eq!(lead["payout_lines"][0]["reference"], "to Xylander");
    // They are an advocate elsewhere, in a row without a hash, and bought there.
    assert_eq!(by_email["advocates"][0]["program"], "partners");
    assert_eq!(
        by_email["advocates"][0]["profile"]["external_id"],
        "crm-quentin"
    );
    assert_eq!(by_email["sales"][0]["sale"]["order_id"], "o-2");

    let text = by_email.to_string().to_lowercase();
    for other in [
        "wilhelmi",
        "wilma",
        "zauber.example",
        "otto other",
        "rw_a",
        &world.otto.to_lowercase(),
    ] {
        assert!(!text.contains(other), "{other} in {text}");
    }
    // However they are meant.
    for whom in [
        json!({"lead": world.quentin}),
        json!({"program": "partners", "advocate": "ext:crm-quentin"}),
    ] {
        assert_eq!(world.export(&whom), by_email);
    }
}

#[test]
fn an_advocate_gets_what_is_theirs_and_of_prospects_ids() {
    let world = World::new();
    let export = world.export(&json!({"email": WILMA}));
    let advocate = &export["advocates"][0];
    assert_eq!(advocate["id"], world.wilma.as_str());
    assert_eq!(advocate["profile"]["name"], "Wilhelmina Zauber");
    assert_eq!(advocate["codes"][0]["code"], world.code.as_str());
    let seen = visitor::hash(&SALT, 1, "192.0.2.9", "Wilma's");
    assert_eq!(advocate["visitors"][0]["hash"], format!("{seen:016X}"));
    assert_eq!(advocate["shares"][0]["event_id"], "share-1");
    assert_eq!(advocate["rewards"][0]["amount"], 240);
    assert_eq!(
        advocate["rewards"][0]["entries"].as_array().unwrap().len(),
        2
    );
    assert_eq!(advocate["payout_lines"][0]["reference"], "to Zauber");
    let mut referrals: Vec<&str> = advocate["referrals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|referral| referral["lead"].as_str().unwrap())
        .collect();
    referrals.sort_unstable();
    let mut theirs = [&world.quentin, &world.otto];
    theirs.sort_unstable();
    assert_eq!(referrals, theirs);
    assert_eq!(
        (&export["leads"], &export["sales"]),
        (&json!([]), &json!([]))
    );
    let text = export.to_string().to_lowercase();
    for other in ["quentin", "xylander", "otto@", "rw_p"] {
        assert!(!text.contains(other), "{other} in {text}");
    }
}

#[test]
fn of_an_erased_prospect_nothing_is_left_and_no_sum_moves() {
    let world = World::new();
    let (facts, before) = (world.facts(), world.dump());
    for string in OF_QUENTIN {
        assert!(before.iter().any(|line| line.contains(string)), "{string}");
    }
    let erased = world.erase(&json!({"email": QUENTIN}));
    assert_eq!(
        erased,
        json!({"advocates": 1, "leads": 1, "sales": 2, "codes": 0, "visitors": 0})
    );
    world.is_free_of(&OF_QUENTIN);
    world.is_free_of(&[&hash(QUENTIN), "zauber's booth"]);
    assert_eq!(world.facts(), facts);
    // The others are still there.
    let after = world.dump();
    for string in ["wilhelmina", "otto@other.example", "to zauber"] {
        assert!(after.iter().any(|line| line.contains(string)), "{string}");
    }

    let path = format!("/v1/leads/{}", world.quentin);
    let lead = world.api.get(&path).expect(200);
    assert_eq!(
        lead["prospect"],
        json!({"name": "Erased", "email": null, "phone": null, "company": null, "customer": null})
    );
    let history = lead["history"].as_array().unwrap();
    assert_eq!(history.last().unwrap()["kind"], "erased");
    world.api.get(&format!("{path}/why")).expect(200);

    // Again: the address is nobody's; the lead is what it is.
    world
        .api
        .post("/v1/people/erase", &json!({"email": QUENTIN}))
        .problem(404);
    let before = world.dump();
    let nothing = world.erase(&json!({"lead": world.quentin}));
    assert_eq!(
        nothing,
        json!({"advocates": 0, "leads": 0, "sales": 0, "codes": 0, "visitors": 0})
    );
    assert_eq!(
        world
            .dump()
            .iter()
            .filter(|line| !before.contains(line))
            .count(),
        1,
        "the lead's version alone"
    );
}

#[test]
fn nothing_that_comes_late_brings_an_erased_prospect_back() {
    let world = World::new();
    let api = &world.api;
    let stale = block_on(leads::find(api.db(), Which::Id(&world.quentin)))
        .unwrap()
        .unwrap();
    world.erase(&json!({"lead": world.quentin}));

    let before = api.dump();
    for (path, key, body) in &world.calls {
        let again = keyed(api, path, key, body);
        if key.is_empty() {
            // A sale is known by its order still.
            again.expect(201);
        } else {
            again.problem(409);
        }
    }
    assert_eq!(api.dump(), before);
    let person = Person {
        name: Some("Quentin".to_owned()),
        ..Person::default()
    };
    let overtaken = block_on(api.db().batch(vec![leads::update(&stale, &person, NOW)]));
    assert!(overtaken.unwrap_err().is_conflict());

    // A sale still finds its lead, and tells nobody who bought.
    let late = json!({"program": "customers", "kind": "sale", "order_id": "o-9", "amount": 100,
        "currency": "USD", "lead": world.quentin, "customer": "cus_quentin", "email": QUENTIN});
    let sold = api.post("/v1/conversions", &late).expect(201);
    assert_eq!(sold["lead"], world.quentin.as_str());
    world.is_free_of(&OF_QUENTIN);
    world.is_free_of(&[&hash(QUENTIN)]);

    // Whoever comes again is somebody new.
    let anew = json!({"program": "customers", "prospect": {"email": QUENTIN}});
    let anew = api.post("/v1/leads", &anew).expect(201);
    assert_eq!(anew["duplicate"], false);
    assert_ne!(anew["id"], world.quentin.as_str());
}

#[test]
fn of_an_erased_advocate_nothing_is_left_and_no_sum_moves() {
    let world = World::new();
    let api = &world.api;
    let link = json!({"program": "customers", "advocate": world.wilma, "channel": "email"});
    let link = api.post("/v1/links", &link).expect(200);
    let (facts, before) = (world.facts(), world.dump());
    for string in OF_WILMA {
        let string = string.to_lowercase();
        assert!(before.iter().any(|line| line.contains(&string)), "{string}");
    }
    api.published();
    let whom = json!({"program": "customers", "advocate": "ext:crm-wilma"});
    let erased = world.erase(&whom);
    assert_eq!(
        erased,
        json!({"advocates": 1, "leads": 0, "sales": 0, "codes": 1, "visitors": 1})
    );
    let seen = visitor::hash(&SALT, 1, "192.0.2.9", "Wilma's");
    world.is_free_of(&OF_WILMA);
    world.is_free_of(&[&hash(WILMA), &format!("{seen:016x}")]);
    world.is_free_of(&[&world.code, &world.code.replace('-', "")]);
    assert_eq!(world.facts(), facts);
    let after = world.dump();
    for string in ["quentin likes tea", "otto@other.example", "to xylander"] {
        assert!(after.iter().any(|line| line.contains(string)), "{string}");
    }

    // Their links and codes are over, everywhere.
    let snapshot = api.published().pop().unwrap();
    assert_eq!(snapshot.programs[0].disabled_advocates.len(), 1);
    let verified = api.post("/v1/links/verify", &json!({"code": link["url"]}));
    assert_eq!(verified.expect(200)["works"], false);
    api.get(&format!("/v1/codes/{}", world.code)).problem(404);
    let otto =
        json!({"program": "customers", "code": world.code, "prospect": {"email": "n@n.example"}});
    assert_eq!(api.post("/v1/leads", &otto).field().0, "code");

    // Who they were is not written back.
    let path = format!("/v1/programs/customers/advocates/{}", world.wilma);
    api.patch(&path, &json!({"name": "Wilhelmina", "status": "active"}))
        .problem(409);
    assert_eq!(api.get(&path).expect(200)["name"], "Erased");
    let (route, key, verbal) = &world.calls[0];
    keyed(api, route, key, verbal).problem(409);
    let share = json!({"program": "customers", "advocate": "ext:crm-wilma", "kind": "sent",
        "channel": "email", "event_id": "share-1"});
    api.post("/v1/shares", &share).problem(422);
    world.is_free_of(&OF_WILMA);
    assert_eq!(
        world.erase(&json!({"program": "customers", "advocate": world.wilma}))["advocates"],
        0
    );
    let status = api.get(&path).expect(200)["status"].clone();
    assert_eq!(status, json!(Status::Disabled));
}

#[test]
fn who_is_meant_is_said_in_one_way() {
    let world = World::new();
    for route in ["/v1/people/export", "/v1/people/erase"] {
        for body in [
            json!({}),
            json!({"email": QUENTIN, "lead": world.quentin}),
            json!({"program": "customers"}),
            json!({"advocate": "ext:crm-wilma"}),
            json!({"email": "nobody"}),
            json!({"program": "nowhere", "advocate": "ext:crm-wilma"}),
            json!({"customer": "cus_quentin"}),
        ] {
            world.api.post(route, &body).problem(422);
        }
        for whom in [
            json!({"email": "nobody@example.org"}),
            json!({"lead": "ld_0"}),
            json!({"program": "customers", "advocate": "ext:nobody"}),
            json!({"program": "customers", "advocate": "zzzzzz"}),
        ] {
            let problem = world.api.post(route, &whom).problem(404);
            assert!(!problem.to_string().contains("nobody@"), "{problem}");
        }
    }
}
