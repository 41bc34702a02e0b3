//! Old raw clicks: archived and pruned, nothing lost or written twice.

use std::{collections::BTreeMap, sync::Mutex};

use goodword::{
    domain::channel::Medium,
    jobs::archive::{self, Bucket},
    store::{Answer as Answered, DatabaseError},
};
use serde_json::{Value, json};

use crate::{
    closed_loop::DAY,
    harness::{Api, NOW, Visit, block_on},
};

/// A bucket that fails, or after which the database does, when told to.
struct Shelf<'a> {
    api: &'a Api,
    objects: Mutex<BTreeMap<String, String>>,
    puts: Mutex<usize>,
    fails_at: usize,
    kills_at: usize,
}

impl<'a> Shelf<'a> {
    fn new(api: &'a Api) -> Self {
        Self {
            api,
            objects: Mutex::default(),
            puts: Mutex::default(),
            fails_at: usize::MAX,
            kills_at: usize::MAX,
        }
    }

    fn lines(&self) -> Vec<String> {
        let objects = self.objects.lock().unwrap();
        let lines = objects.values().flat_map(|text| text.lines());
        lines.map(ToOwned::to_owned).collect()
    }
}

impl Bucket for Shelf<'_> {
    fn put(&self, name: &str, text: String) -> Answered<'_, ()> {
        let mut puts = self.puts.lock().unwrap();
        *puts += 1;
        let answer = if *puts == self.fails_at {
            Err(DatabaseError::Failed("R2 is down".to_owned()))
        } else {
            self.objects.lock().unwrap().insert(name.to_owned(), text);
            // What comes next is never done.
            self.api.database_fails(*puts == self.kills_at);
            Ok(())
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Clicks of five days that are old enough, 9,000 of one of them, and of later ones.
fn house() -> Api {
    let api = Api::furnished();
    let visit = |age: i64, index: i64| Visit {
        at: NOW - age * DAY - index * 1_000,
        visitor: (index % 3 != 0).then_some(index.unsigned_abs() % 700),
        medium: Medium::from_code(u8::try_from(index % 16).unwrap()).unwrap(),
        ..Visit::default()
    };
    let old = (0..500).map(|index| visit(36 + index % 4, index));
    let busy = (0..9_000).map(|index| visit(40, index));
    let new = (0..300).map(|index| visit(index % 34, index));
    api.visit("UTC", &old.chain(busy).chain(new).collect::<Vec<_>>());
    api
}

/// Each raw click, as a line of the archive has it.
fn raw(api: &Api, which: &str) -> Vec<String> {
    let mut ids = api.column(&format!("SELECT lower(hex(id)) FROM clicks WHERE {which}"));
    ids.sort();
    ids
}

fn ids(lines: &[String]) -> Vec<String> {
    let id = |line: &String| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["id"].as_str().unwrap().to_owned()
    };
    let mut ids: Vec<String> = lines.iter().map(id).collect();
    ids.sort();
    ids
}

const OLD: &str = "utc_day < unixepoch('2026-10-18') / 86400";
const NEW: &str = "utc_day >= unixepoch('2026-10-18') / 86400";

fn run(api: &Api, shelf: Option<&Shelf<'_>>) -> Result<(), DatabaseError> {
    let shelf = shelf.map(|shelf| shelf as &dyn Bucket);
    block_on(archive::run(api.db(), shelf, 35, api.now()))
}

#[test]
fn old_clicks_go_into_the_bucket_once_and_out_of_the_table() {
    let api = house();
    let (old, new) = (raw(&api, OLD), raw(&api, NEW));
    assert_eq!((old.len(), new.len()), (9_500, 300));
    let statistics = api.stats("by=hour&from=2026-10-01&to=2026-10-31");
    let shelf = Shelf::new(&api);
    run(&api, Some(&shelf)).unwrap();
    assert_eq!(ids(&shelf.lines()), old);
    assert_eq!(raw(&api, "true"), new);
    assert_eq!(
        api.stats("by=hour&from=2026-10-01&to=2026-10-31"),
        statistics
    );
    // Nothing is left to do.
    let before = api.dump();
    run(&api, Some(&shelf)).unwrap();
    assert_eq!(api.dump(), before);
    assert_eq!(*shelf.puts.lock().unwrap(), 7);

    let page = api.get("/v1/archives?limit=2").expect(200);
    let days = crate::harness::walk(&api, "/v1/archives", 2, "day");
    assert_eq!(
        days,
        [
            "2026-10-17",
            "2026-10-16",
            "2026-10-15",
            "2026-10-14",
            "2026-10-13"
        ]
    );
    assert_eq!(page["items"][0]["done_at"], "2026-11-22T10:00:00.000Z");
    let oldest = &api.get("/v1/archives").expect(200)["items"][4];
    assert_eq!(
        (&oldest["clicks"], &oldest["objects"]),
        (&json!(9_000), &json!(3))
    );
    let objects = shelf.objects.lock().unwrap();
    let bytes: usize = objects
        .iter()
        .filter(|(name, _)| name.starts_with("clicks/2026-10-13/"))
        .map(|(_, text)| text.len())
        .sum();
    assert_eq!(oldest["bytes"], bytes);
}

#[test]
fn nothing_is_taken_out_while_an_export_is_read_back_in() {
    let api = house();
    api.plant("INSERT INTO restores (only_row, export, lines, begun_at, begun_by) VALUES (1, 'x', 1, 1, 'admin')");
    let before = api.dump();
    let shelf = Shelf::new(&api);
    run(&api, Some(&shelf)).unwrap();
    assert_eq!(*shelf.puts.lock().unwrap(), 0);
    assert_eq!(api.dump(), before);
    api.plant("UPDATE restores SET finished_at = 2");
    run(&api, Some(&shelf)).unwrap();
    assert_eq!(raw(&api, OLD), [""; 0]);
}

#[test]
fn the_line_of_a_click_and_the_name_of_an_object_are_pinned() {
    let api = Api::furnished();
    api.visit(
        "Asia/Kolkata",
        &[Visit {
            at: NOW - 36 * DAY,
            visitor: Some(0xabc),
            ..Visit::default()
        }],
    );
    let shelf = Shelf::new(&api);
    run(&api, Some(&shelf)).unwrap();
    let objects = shelf.objects.lock().unwrap();
    let [(name, text)] = objects.iter().collect::<Vec<_>>()[..] else {
        panic!("{objects:?}")
    };
    assert_eq!(
        name,
        "clicks/2026-10-17/1-0000000000000abc-01a1494dd50070008000000000000000.ndjson"
    );
    assert_eq!(
        text,
        "{\"id\":\"01a1494dd50070008000000000000000\",\"at\":1792231200000,\"program\":1,\
         \"advocate\":1,\"medium\":0,\"destination\":0,\"label\":0,\"class\":0,\"reason\":0,\
         \"rules\":1,\"visitor\":\"0000000000000abc\",\"offset\":330}\n"
    );
}

#[test]
fn whatever_is_killed_in_between_nothing_is_lost_or_written_twice() {
    for kills_at in 1..=4 {
        let api = house();
        let old = raw(&api, OLD);
        let statistics = api.stats("by=hour&from=2026-10-01&to=2026-10-31");
        let mut shelf = Shelf::new(&api);
        shelf.kills_at = kills_at;
        run(&api, Some(&shelf)).unwrap_err();
        api.database_fails(false);
        // All that is out of the table is in the bucket.
        let mut there = raw(&api, OLD);
        there.extend(ids(&shelf.lines()));
        there.sort();
        there.dedup();
        assert_eq!(there, old, "{kills_at}");
        run(&api, Some(&shelf)).unwrap();
        assert_eq!(ids(&shelf.lines()), old, "{kills_at}");
        assert_eq!(raw(&api, OLD), [""; 0]);
        let items = api.get("/v1/archives").expect(200)["items"].clone();
        let items = items.as_array().unwrap();
        let sum = |name: &str| {
            items
                .iter()
                .map(|day| day[name].as_u64().unwrap())
                .sum::<u64>()
        };
        assert_eq!((sum("clicks"), sum("objects")), (9_500, 7));
        assert!(items.iter().all(|day| !day["done_at"].is_null()));
        assert_eq!(
            api.stats("by=hour&from=2026-10-01&to=2026-10-31"),
            statistics
        );
    }
}

#[test]
fn what_the_bucket_does_not_take_stays() {
    let api = house();
    let old = raw(&api, OLD);
    let mut shelf = Shelf::new(&api);
    shelf.fails_at = 2;
    run(&api, Some(&shelf)).unwrap_err();
    assert_eq!(raw(&api, OLD).len(), old.len() - 4_000);
    let newest = &api.get("/v1/archives").expect(200)["items"][0];
    assert_eq!(
        (&newest["clicks"], &newest["done_at"]),
        (&json!(4_000), &Value::Null)
    );
    run(&api, Some(&shelf)).unwrap();
    assert_eq!(ids(&shelf.lines()), old);
}

#[test]
fn without_a_bucket_they_are_only_taken_out() {
    let api = house();
    let new = raw(&api, NEW);
    run(&api, None).unwrap();
    assert_eq!(raw(&api, "true"), new);
    let items = api.get("/v1/archives").expect(200)["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 5);
    assert_eq!(
        (
            &items[4]["clicks"],
            &items[4]["objects"],
            &items[4]["bytes"]
        ),
        (&json!(9_000), &json!(0), &json!(0))
    );
    let checked = api
        .post("/v1/checks", &json!({"checks": ["clicks"]}))
        .expect(200);
    assert_eq!(checked["items"][0]["differences"], 0, "{checked}");
}

#[test]
fn a_day_whose_tallies_differ_is_kept_until_they_are_mended() {
    let api = house();
    let old = raw(&api, OLD);
    api.plant(
        "UPDATE tallies_by_advocate SET count = count + 1
        WHERE local_day = unixepoch('2026-10-14') / 86400 AND medium = 3",
    );
    let error = run(&api, None).unwrap_err();
    assert!(error.to_string().contains("repair the check"), "{error}");
    assert_eq!(raw(&api, OLD), old, "the day before has a part in it");
    api.post("/v1/checks/repair", &json!({"check": "clicks"}))
        .expect(200);
    run(&api, None).unwrap();
    assert_eq!(raw(&api, OLD), [""; 0]);
}
