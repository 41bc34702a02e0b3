//! The service under test: the API, a database that can be made to fail, and a
//! publisher that keeps what it was given or fails. Nothing here imitates a
//! store.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use goodword::{
    domain::{
        access,
        channel::Medium,
        class::{Class, Reason},
        click::{Click, ClickId, Message},
        keyring::{Keyring, Receipt},
        letter::Letter,
        link::{AdvocateNumber, DestinationNumber, LabelNumber, Link, ProgramNumber},
        redirect::Salt,
        snapshot::Snapshot,
        spoken::Key,
        zone::Zone,
    },
    http::{
        self as api, Call, Identities, Service, Snapshots,
        body::Body,
        limits::Limits,
        message::{Asked, Headers, Response},
        problem::Fault,
    },
    jobs::{
        courier::{self, Courier, Reach},
        ingest,
        mail::{Mail, MailLater},
        outside::{self, Outside, Reply},
        sessions,
    },
    store::{
        Answer as Answered, Database, DatabaseError, Rows, Statement, Value as Parameter,
        sqlite::Sqlite,
    },
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::contract;

/// 2026-11-22T10:00:00Z, a Sunday.
pub const NOW: i64 = 1_795_341_600_000;

/// The operator's key.
pub const ADMIN: &str = "the operator's key";

/// The day's salt, whatever the day.
pub const SALT: Salt = Salt([7; 32]);

/// Where links begin.
pub const BASE: &str = "https://go.example.com";

const MIGRATIONS: [&str; 16] = [
    include_str!("../../migrations/0001_initial.sql"),
    include_str!("../../migrations/0002_closed_loop.sql"),
    include_str!("../../migrations/0003_disposable_mail.sql"),
    include_str!("../../migrations/0004_team.sql"),
    include_str!("../../migrations/0005_console.sql"),
    include_str!("../../migrations/0006_portal.sql"),
    include_str!("../../migrations/0007_landing.sql"),
    include_str!("../../migrations/0008_audit.sql"),
    include_str!("../../migrations/0009_reconciliation.sql"),
    include_str!("../../migrations/0010_checks.sql"),
    include_str!("../../migrations/0011_moving.sql"),
    include_str!("../../migrations/0012_outbox.sql"),
    include_str!("../../migrations/0013_moments.sql"),
    include_str!("../../migrations/0014_webhooks.sql"),
    include_str!("../../migrations/0015_messages.sql"),
    include_str!("../../migrations/0016_crm.sql"),
];

/// Kid 2 signs, kid 1 still verifies.
pub const KEYS: &str = "2:101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f,\
    1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

thread_local! {
    /// What was noted while an answer was under way, by this test alone.
    static NOTED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn note(fault: &Fault) {
    NOTED.with_borrow_mut(|noted| noted.push(format!("{}: {}", fault.message, fault.cause)));
}

/// Runs a future to its end. Nothing here waits for anything outside, so a
/// future that is not ready has only yielded.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future never ends");
}

/// A path of the route table that leads somewhere in a furnished house, or as
/// far as there is nothing to lead to.
pub fn filled(path: &str) -> String {
    path.replace("{program}", "customers")
        .replace("{destination}", "home")
        .replace("{advocate}", "ext:maya")
        .replace("{key}", "key_0")
        .replace("{code}", "MAYA-7KQ-4TX")
        .replace("{rep}", "lea")
        .replace("{lead}", "ld_0")
        .replace("{reward}", "rw_0")
        .replace("{payout}", "po_0")
        .replace("{member}", "mem_0")
        .replace("{picture}", "card.png")
        .replace("{run}", "rc_0")
        .replace("{webhook}", "wh_0")
        .replace("{event}", "evt_0")
        .replace("{message}", "moved")
        .replace("{token}", "0")
        .replace("{connection}", "crm_0")
}

/// SQLite, which fails when told to, and counts what it is asked.
pub struct House {
    sqlite: Sqlite,
    down: AtomicBool,
    batches: AtomicUsize,
    meanwhile: Mutex<Option<(&'static str, String)>>,
    longest: AtomicUsize,
}

struct Shared(Arc<House>);

impl Database for House {
    fn batch(&self, statements: Vec<Statement>) -> Answered<'_, Vec<Rows>> {
        self.batches.fetch_add(1, Ordering::Relaxed);
        for parameter in statements.iter().flat_map(|one| &one.parameters) {
            if let Parameter::Text(text) = parameter {
                self.longest.fetch_max(text.len(), Ordering::Relaxed);
            }
        }
        if self.down.load(Ordering::Relaxed) {
            let secret = "D1_ERROR: shard 7 of account 0xdead is down".to_owned();
            return Box::pin(std::future::ready(Err(DatabaseError::Failed(secret))));
        }
        // Others come in between, as they do where the database is far away.
        Box::pin(async move {
            yielded().await;
            self.interject(&statements);
            self.sqlite.batch(statements).await
        })
    }
}

impl House {
    /// What was to happen just before such a statement.
    fn interject(&self, statements: &[Statement]) {
        let mut meanwhile = self.meanwhile.lock().unwrap();
        let is_due = |(part, _): &mut (&str, String)| {
            let mut texts = statements.iter().map(|statement| statement.sql);
            texts.any(|sql| sql.contains(*part))
        };
        if let Some((_, sql)) = meanwhile.take_if(is_due) {
            self.sqlite
                .with(|connection| connection.execute_batch(&sql).unwrap());
        }
    }
}

/// Lets others go on once.
async fn yielded() {
    let mut is_done = false;
    std::future::poll_fn(move |_| {
        if is_done {
            return Poll::Ready(());
        }
        is_done = true;
        Poll::Pending
    })
    .await;
}

impl Database for Shared {
    fn batch(&self, statements: Vec<Statement>) -> Answered<'_, Vec<Rows>> {
        self.0.batch(statements)
    }
}

/// Keeps what was published, or fails.
#[derive(Default)]
struct Press {
    published: Mutex<Vec<Snapshot>>,
    current: Mutex<Option<Snapshot>>,
    forgotten: Mutex<Vec<String>>,
    down: AtomicBool,
}

struct SharedPress(Arc<Press>);

/// Lets ten of each key through, or fails.
#[derive(Default)]
struct Counter {
    seen: Mutex<Vec<String>>,
    down: AtomicBool,
}

struct SharedCounter(Arc<Counter>);

impl Limits for SharedCounter {
    fn allow(&self, key: &str) -> Answered<'_, bool> {
        let answer = if self.0.down.load(Ordering::Relaxed) {
            Err(DatabaseError::Failed("there is no limiter".to_owned()))
        } else {
            let mut seen = self.0.seen.lock().unwrap();
            seen.push(key.to_owned());
            Ok(seen.iter().filter(|one| *one == key).count() <= 10)
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Keeps what was sent, or fails.
#[derive(Default)]
struct Postbox {
    letters: Mutex<Vec<Letter>>,
    count: AtomicUsize,
    refusal: Mutex<Option<Reply>>,
    silent_to: Mutex<Option<String>>,
    down: AtomicBool,
}

struct SharedPostbox(Arc<Postbox>);

impl Mail for SharedPostbox {
    fn send(&self, letter: Letter) -> Answered<'_, Reply> {
        if self.0.silent_to.lock().unwrap().as_ref() == Some(&letter.to) {
            return Box::pin(std::future::pending());
        }
        let refusal = self.0.refusal.lock().unwrap().clone();
        let reply = if self.0.down.load(Ordering::Relaxed) {
            Err(DatabaseError::Failed("no mail leaves".to_owned()))
        } else if let Some(refusal) = refusal {
            Ok(refusal)
        } else {
            let mut letters = self.0.letters.lock().unwrap();
            letters.push(letter);
            let count = self.0.count.fetch_add(1, Ordering::Relaxed) + 1;
            Ok(Reply {
                status: 200,
                body: format!("{{\"id\":\"re_{count}\"}}"),
                ..Reply::default()
            })
        };
        // Others come in between, as they do on the way to anywhere.
        Box::pin(async move {
            yielded().await;
            reply
        })
    }
}

impl MailLater for SharedPostbox {
    fn send_later(&self, letter: Letter) {
        // Nobody is told of a failure here.
        let _ = block_on(self.send(letter));
    }
}

/// How a server of somebody else answers.
type Answerer = Box<dyn FnMut(&outside::Ask) -> Result<Reply, String> + Send>;

/// Everybody else's servers: they answer as they are told to, 204 otherwise.
#[derive(Default)]
struct Elsewhere {
    asked: Mutex<Vec<outside::Ask>>,
    answerer: Mutex<Option<Answerer>>,
    secrets: Mutex<BTreeMap<String, String>>,
}

impl Outside for Elsewhere {
    fn ask(&self, ask: outside::Ask) -> Answered<'_, Reply> {
        let answer = match self.answerer.lock().unwrap().as_mut() {
            Some(answerer) => answerer(&ask).map_err(DatabaseError::Failed),
            None => Ok(Reply {
                status: 204,
                ..Reply::default()
            }),
        };
        self.asked.lock().unwrap().push(ask);
        // Others come in between, as they do on the way to anywhere.
        Box::pin(async move {
            yielded().await;
            answer
        })
    }
}

/// Takes an assertion `of:ADDRESS` for the proof of an address.
struct Gate;

impl Identities for Gate {
    fn email(&self, assertion: &str) -> Answered<'_, Option<String>> {
        let email = assertion.strip_prefix("of:").map(str::to_owned);
        Box::pin(std::future::ready(Ok(email)))
    }
}

impl Snapshots for SharedPress {
    fn publish(&self, snapshot: &Snapshot) -> Answered<'_, ()> {
        let answer = if self.0.down.load(Ordering::Relaxed) {
            Err(DatabaseError::Failed("KV PUT failed: 500".to_owned()))
        } else {
            self.0.published.lock().unwrap().push(snapshot.clone());
            *self.0.current.lock().unwrap() = Some(snapshot.clone());
            Ok(())
        };
        Box::pin(std::future::ready(answer))
    }

    fn published(&self) -> Answered<'_, Option<Snapshot>> {
        let answer = if self.0.down.load(Ordering::Relaxed) {
            Err(DatabaseError::Failed("KV GET failed: 500".to_owned()))
        } else {
            Ok(self.0.current.lock().unwrap().clone())
        };
        Box::pin(std::future::ready(answer))
    }

    fn forget(&self, code: &Key) -> Answered<'_, ()> {
        let answer = if self.0.down.load(Ordering::Relaxed) {
            Err(DatabaseError::Failed("KV DELETE failed: 500".to_owned()))
        } else {
            let code = code.as_str().to_owned();
            self.0.forgotten.lock().unwrap().push(code);
            Ok(())
        };
        Box::pin(std::future::ready(answer))
    }
}

/// The API, and everything around it.
pub struct Api {
    service: Arc<Service>,
    house: Arc<House>,
    press: Arc<Press>,
    counter: Arc<Counter>,
    postbox: Arc<Postbox>,
    elsewhere: Arc<Elsewhere>,
    now: AtomicI64,
    clicks: AtomicUsize,
}

impl Api {
    /// Carries what is due to everybody else's servers, any of them.
    pub fn carry(&self) {
        self.carry_within(&Reach::Any);
    }

    /// The same, so many times at once.
    pub fn carry_at_once(&self, rounds: usize) {
        self.rounds(rounds, &Reach::Any);
    }

    /// The same, to those that may be asked.
    pub fn carry_within(&self, reach: &Reach) {
        self.rounds(1, reach);
    }

    fn rounds(&self, rounds: usize, reach: &Reach) {
        let secret = |name: &str| (self.service.secret)(name);
        let postbox = SharedPostbox(self.postbox.clone());
        let db = Shared(self.house.clone());
        let courier = Courier {
            db: &db,
            outside: &*self.elsewhere,
            mail: &postbox,
            keyring: &self.service.keyring,
            base_url: BASE,
            secret: &secret,
            reach,
            now: self.now.load(Ordering::Relaxed),
        };
        let rounds = (0..rounds).map(|_| courier::round(&courier));
        let mut rounds = pin!(futures_util::future::join_all(rounds));
        if self.postbox.silent_to.lock().unwrap().is_some() {
            // As what is done after an answer is ended.
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..1_000 {
                assert!(rounds.as_mut().poll(&mut context).is_pending());
            }
            return;
        }
        for done in block_on(rounds) {
            done.unwrap();
        }
    }

    /// Has old events forgotten, as cron does it.
    pub fn sweep_events(&self) {
        let now = self.now.load(Ordering::Relaxed);
        block_on(sessions::sweep(self.db(), now)).unwrap();
    }

    /// How everybody else's servers answer from now on.
    pub fn elsewhere(
        &self,
        answerer: impl FnMut(&outside::Ask) -> Result<Reply, String> + Send + 'static,
    ) {
        *self.elsewhere.answerer.lock().unwrap() = Some(Box::new(answerer));
    }

    /// What everybody else was asked since this was last looked at.
    pub fn asked(&self) -> Vec<outside::Ask> {
        std::mem::take(&mut *self.elsewhere.asked.lock().unwrap())
    }

    /// Sets a secret of the configuration.
    pub fn secret(&self, name: &str, value: &str) {
        let mut secrets = self.elsewhere.secrets.lock().unwrap();
        secrets.insert(name.to_owned(), value.to_owned());
    }

    /// An empty one.
    pub fn new() -> Self {
        let house = Arc::new(House {
            sqlite: Sqlite::in_memory(&MIGRATIONS).unwrap(),
            down: AtomicBool::new(false),
            batches: AtomicUsize::new(0),
            meanwhile: Mutex::new(None),
            longest: AtomicUsize::new(0),
        });
        let press = Arc::new(Press::default());
        let counter = Arc::new(Counter::default());
        let postbox = Arc::new(Postbox::default());
        let elsewhere = Arc::new(Elsewhere::default());
        let known = elsewhere.clone();
        let service = Arc::new(Service {
            database: Box::new(Shared(house.clone())),
            snapshots: Box::new(SharedPress(press.clone())),
            limits: Box::new(SharedCounter(counter.clone())),
            mail: Box::new(SharedPostbox(postbox.clone())),
            identities: Box::new(Gate),
            mailbox: Some("http://localhost:8788/".to_owned()),
            keyring: Arc::new(Keyring::parse(KEYS).unwrap()),
            reach: Reach::Public("https://resolver.example.com/dns-query".to_owned()),
            admin_key: access::key_hash(ADMIN),
            secret: Box::new(move |name| {
                let secrets = known.secrets.lock().unwrap();
                secrets
                    .get(name)
                    .filter(|secret| !secret.is_empty())
                    .cloned()
            }),
            log: note,
        });
        Self {
            service,
            house,
            press,
            counter,
            postbox,
            elsewhere,
            now: AtomicI64::new(NOW),
            clicks: AtomicUsize::new(0),
        }
    }

    /// One with the program `customers`, the destinations `home` and `offer`,
    /// the label `spring`, and the advocate `ext:maya`.
    pub fn furnished() -> Self {
        Self::furnished_in("UTC")
    }

    /// The same, in a time zone.
    pub fn furnished_in(zone: &str) -> Self {
        let api = Self::new();
        let program = json!({"slug": "customers", "name": "Customers", "zone": zone});
        api.post("/v1/programs", &program).expect(201);
        for (slug, url) in [
            ("home", "https://example.com/"),
            ("offer", "https://example.com/offer?x=1"),
        ] {
            let destination = json!({"slug": slug, "url": url});
            api.post("/v1/programs/customers/destinations", &destination)
                .expect(201);
        }
        api.post("/v1/programs/customers/labels", &json!({"slug": "spring"}))
            .expect(201);
        api.advocate("maya");
        api
    }

    /// One with the reps `jonas` and `lea`, who take turns; and Maya's id.
    pub fn staffed() -> (Self, String) {
        let api = Self::furnished();
        for rep in ["jonas", "lea"] {
            api.put(&format!("/v1/reps/{rep}"), &json!({"name": rep}))
                .expect(200);
        }
        let routing = json!({"reps": ["jonas", "lea"]});
        api.put("/v1/programs/customers/routing", &routing)
            .expect(200);
        let maya = api.get("/v1/programs/customers/advocates/ext:maya");
        let maya = maya.expect(200)["id"].as_str().unwrap().to_owned();
        (api, maya)
    }

    /// Creates an advocate; answers their id.
    pub fn advocate(&self, external_id: &str) -> String {
        let advocate = json!({"external_id": external_id, "kind": "customer", "name": "Maya"});
        let created = self.post("/v1/programs/customers/advocates", &advocate);
        created.expect(201)["id"].as_str().unwrap().to_owned()
    }

    /// Lets time pass (ms).
    pub fn wait(&self, millis: i64) {
        self.now.fetch_add(millis, Ordering::Relaxed);
    }

    /// What time it is (Unix ms).
    pub fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Has somebody else do something just before the next batch with a statement
    /// in which `part` stands: after what it was decided by was read.
    pub fn meanwhile(&self, part: &'static str, sql: &str) {
        *self.house.meanwhile.lock().unwrap() = Some((part, sql.to_owned()));
    }

    /// Everything that is written down, to see whether a call wrote.
    pub fn dump(&self) -> Vec<String> {
        let tables = self.column(
            "SELECT name FROM sqlite_schema WHERE type = 'table'
            AND name NOT LIKE 'sqlite_%' AND name NOT IN ('routing', 'disposable_domains')
            ORDER BY name",
        );
        let mut dump = Vec::new();
        for table in tables {
            let columns = self.column(&format!("SELECT name FROM pragma_table_info('{table}')"));
            let row = columns.join("), quote(");
            let select = format!("SELECT concat_ws('|', '{table}', quote({row})) FROM {table}");
            dump.extend(self.column(&select));
        }
        dump
    }

    /// Makes the database fail, or lets it work again.
    pub fn database_fails(&self, fails: bool) {
        self.house.down.store(fails, Ordering::Relaxed);
    }

    /// Makes the publisher fail, or lets it work again.
    pub fn publisher_fails(&self, fails: bool) {
        self.press.down.store(fails, Ordering::Relaxed);
    }

    /// Makes the limiter fail, or lets it work again.
    pub fn limiter_fails(&self, fails: bool) {
        self.counter.down.store(fails, Ordering::Relaxed);
    }

    /// Makes letters fail, or lets them be sent.
    pub fn mail_fails(&self, fails: bool) {
        self.postbox.down.store(fails, Ordering::Relaxed);
    }

    /// How the mail provider answers from now on, unless it takes letters.
    pub fn mail_answers(&self, refusal: Option<Reply>) {
        *self.postbox.refusal.lock().unwrap() = refusal;
    }

    /// Lets letters to an address wait for an answer until their round is ended.
    pub fn mail_is_silent_to(&self, address: Option<&str>) {
        *self.postbox.silent_to.lock().unwrap() = address.map(str::to_owned);
    }

    /// The letters that were sent since the last time this was asked.
    pub fn letters(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.postbox.letters.lock().unwrap())
    }

    /// What was counted since the last time this was asked: a minute passes.
    pub fn counted(&self) -> Vec<String> {
        std::mem::take(&mut *self.counter.seen.lock().unwrap())
    }

    /// The keys of spoken codes that were forgotten.
    pub fn forgotten(&self) -> Vec<String> {
        std::mem::take(&mut *self.press.forgotten.lock().unwrap())
    }

    /// How many batches the database was asked for.
    pub fn batches(&self) -> usize {
        self.house.batches.load(Ordering::Relaxed)
    }

    /// Bytes of the longest text that was ever bound.
    pub fn longest_parameter(&self) -> usize {
        self.house.longest.load(Ordering::Relaxed)
    }

    /// What was published since the last time this was asked.
    pub fn published(&self) -> Vec<Snapshot> {
        std::mem::take(&mut *self.press.published.lock().unwrap())
    }

    /// Puts something else in the place of what is published.
    pub fn put_published(&self, snapshot: Option<Snapshot>) {
        *self.press.current.lock().unwrap() = snapshot;
    }

    /// The database itself.
    pub fn db(&self) -> &dyn Database {
        self.house.as_ref()
    }

    /// The first column of every row that a query answers, as text.
    pub fn column(&self, sql: &str) -> Vec<String> {
        self.house.sqlite.with(|connection| {
            let mut statement = connection.prepare(sql).unwrap();
            let mut rows = statement.raw_query();
            let mut texts = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                texts.push(row.get(0).unwrap());
            }
            texts
        })
    }

    /// Runs SQL for its effect.
    pub fn plant(&self, sql: &str) {
        self.house
            .sqlite
            .with(|connection| connection.execute_batch(sql).unwrap());
    }

    /// A request, to be filled in and sent.
    pub fn request(&self, method: Method, path: &str) -> Ask<'_> {
        Ask {
            api: self,
            method,
            path: path.to_owned(),
            headers: Headers::default(),
            body: Body::empty(),
        }
    }

    /// As the operator.
    pub fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).key(ADMIN).send()
    }

    /// As the operator.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::POST, path)
            .key(ADMIN)
            .json(body)
            .send()
    }

    /// As the operator.
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::PUT, path).key(ADMIN).json(body).send()
    }

    /// As the operator.
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.request(Method::PATCH, path)
            .key(ADMIN)
            .json(body)
            .send()
    }

    /// A new key with these scopes: its secret.
    pub fn key(&self, scopes: &[&str]) -> String {
        let created = self
            .post("/v1/keys", &json!({"name": "Test", "scopes": scopes}))
            .expect(201);
        created["key"].as_str().unwrap().to_owned()
    }

    /// The receipt of a click of an advocate's link (their id), at a time (Unix ms).
    pub fn receipt(&self, advocate: &str, medium: Medium, at: i64) -> String {
        let count = self.clicks.fetch_add(1, Ordering::Relaxed);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&(count as u64).to_be_bytes());
        self.service.keyring.sign_receipt(&Receipt {
            link: Link {
                program: ProgramNumber::new(1).unwrap(),
                advocate: AdvocateNumber::from_id(advocate).unwrap(),
                medium,
                destination: DestinationNumber::default(),
                label: LabelNumber::default(),
            },
            click: ClickId::new(at, random),
        })
    }

    /// The receipt of a click.
    pub fn receipt_of(&self, click: &Click) -> String {
        self.service.keyring.sign_receipt(&Receipt {
            link: click.link,
            click: click.id,
        })
    }

    /// The clicks of some visits, with ids of their own.
    pub fn clicks(&self, zone: &str, visits: &[Visit]) -> Vec<Click> {
        let zone = Zone::named(zone).unwrap();
        visits
            .iter()
            .map(|visit| {
                let count = self.clicks.fetch_add(1, Ordering::Relaxed);
                let mut random = [0; 10];
                random[2..].copy_from_slice(&(count as u64).to_be_bytes());
                Click {
                    id: ClickId::new(visit.at, random),
                    link: Link {
                        program: ProgramNumber::new(1).unwrap(),
                        advocate: AdvocateNumber(visit.advocate),
                        medium: visit.medium,
                        destination: DestinationNumber::new(visit.destination).unwrap(),
                        label: LabelNumber::default(),
                    },
                    class: visit.class,
                    reason: Reason::Clean,
                    visitor: visit.visitor,
                    offset: i16::try_from(zone.offset_at(visit.at.div_euclid(1_000)) / 60).unwrap(),
                }
            })
            .collect()
    }

    /// Delivers clicks as the queue does: as the text of one message.
    pub fn deliver(&self, clicks: &[Click]) {
        let batch = ingest::read([Message::new(clicks).to_json()]);
        assert!(batch.unreadable.is_empty(), "{:?}", batch.unreadable);
        block_on(ingest::record(self.db(), &batch.clicks)).unwrap();
    }

    /// Makes clicks and delivers them once.
    pub fn visit(&self, zone: &str, visits: &[Visit]) {
        self.deliver(&self.clicks(zone, visits));
    }

    /// Statistics of `customers`.
    pub fn stats(&self, query: &str) -> Value {
        self.get(&format!("/v1/stats?program=customers&{query}"))
            .expect(200)
    }
}

/// What a click was.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// Unix ms.
    pub at: i64,
    pub medium: Medium,
    pub destination: u8,
    pub advocate: u32,
    pub class: Class,
    pub visitor: Option<u64>,
}

impl Default for Visit {
    /// A person whose hash is unknown, by e-mail, now.
    fn default() -> Self {
        Self {
            at: NOW,
            medium: Medium::Email,
            destination: 0,
            advocate: 1,
            class: Class::Human,
            visitor: None,
        }
    }
}

/// Sends requests so that each has its turn at the database after the others.
pub fn at_once(asks: Vec<Ask>) -> Vec<Answer> {
    let mut context = Context::from_waker(Waker::noop());
    let mut running: Vec<_> = asks.into_iter().map(|ask| Box::pin(ask.answer())).collect();
    let mut answers: Vec<Option<Answer>> = running.iter().map(|_| None).collect();
    while answers.iter().any(Option::is_none) {
        for (future, answer) in running.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(&mut context)
            {
                *answer = Some(ready);
            }
        }
    }
    answers.into_iter().map(Option::unwrap).collect()
}

/// What was noted since the last time this was asked.
pub fn noted() -> Vec<String> {
    NOTED.with_borrow_mut(std::mem::take)
}

/// A request under way.
pub struct Ask<'a> {
    api: &'a Api,
    method: Method,
    path: String,
    headers: Headers,
    body: Body,
}

impl Ask<'_> {
    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.add(name, value.to_owned());
        self
    }

    /// A header that is no ASCII.
    pub fn header_bytes(mut self, name: &'static str, value: &[u8]) -> Self {
        self.headers
            .add(name, String::from_utf8_lossy(value).into_owned());
        self
    }

    pub fn body(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// The answer, its body not yet read.
    pub fn start(self) -> Response {
        block_on(self.going())
    }

    fn going(self) -> impl Future<Output = Response> {
        // As the runtime does: what is no URL does not come this far.
        let target: http::uri::PathAndQuery = self.path.parse().unwrap();
        let request = Asked {
            method: self.method,
            target: target.to_string(),
            headers: self.headers,
            body: self.body,
        };
        let call = Call {
            service: self.api.service.clone(),
            now: self.api.now.load(Ordering::Relaxed),
            base_url: BASE.to_owned(),
            salt: Some(SALT),
        };
        api::answer(call, request)
    }

    pub fn send(self) -> Answer {
        block_on(self.answer())
    }

    async fn answer(self) -> Answer {
        let (method, path) = (self.method.clone(), self.path.clone());
        let response = self.going().await.into_parts();
        let bytes = response.body.whole(usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.into()).unwrap();
        if let Some(media_type) = response.headers.get("content-type") {
            contract::check(&method, &path, response.status, media_type, &text);
        }
        Answer {
            status: response.status,
            headers: response.headers,
            text,
            fault: response
                .fault
                .map(|fault| format!("{}: {}", fault.message, fault.cause)),
        }
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: Headers,
    pub text: String,
    /// What the boundary will log.
    pub fault: Option<String>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON of an answer that went well.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        self.value()
    }

    /// The problem, checked in every respect that all have in common.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        let media_type = self.headers.get("content-type").unwrap();
        assert_eq!(media_type, "application/problem+json", "{}", self.text);
        let problem = self.value();
        assert_eq!(problem["status"], status);
        let kind = problem["type"].as_str().unwrap();
        assert!(kind.starts_with("urn:goodword:problem:"), "{kind}");
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }

    /// The one field at fault, and what is wrong with it.
    #[track_caller]
    pub fn field(&self) -> (String, String) {
        let problem = self.problem(422);
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{problem}");
        let text = |name: &str| errors[0][name].as_str().unwrap().to_owned();
        (text("field"), text("detail"))
    }
}

/// A body that comes in these pieces, each of which is counted when it is taken;
/// between them it yields, as a body from a network does.
pub fn pieces(
    chunks: impl Iterator<Item = Result<Bytes, std::io::Error>> + Send + 'static,
    taken: Arc<AtomicUsize>,
) -> Body {
    let mut chunks = chunks;
    let mut ready = false;
    Body::Pieces(Box::pin(futures_util::stream::poll_fn(move |context| {
        ready = !ready;
        if ready {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        taken.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(chunks.next())
    })))
}

/// The field of every item of a list, page by page.
pub fn walk(api: &Api, path: &str, limit: usize, field: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = api
            .get(&format!("{path}?limit={limit}{cursor}"))
            .expect(200);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{page}");
        found.extend(
            items
                .iter()
                .map(|item| item[field].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}
