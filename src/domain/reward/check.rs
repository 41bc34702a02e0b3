//! What is wrong with a set of rules that was read.
//!
//! Owns every demand that no single field's type can make. What a field may
//! hold by itself is said by its type.

use super::{Form, Only, Pay, Refusal, Rule, Unit, When};

const MOST_RULES: usize = 50;
const MOST_ENTRIES: usize = 50;
const MOST_RUNGS: usize = 20;
const MOST_TIMES: u32 = 1_000;
const MOST_HOLD_DAYS: u32 = 365;
/// Ten years: more was meant as money.
const MOST_MONTHS: i64 = 120;
/// The whole sale.
const MOST_BASIS_POINTS: u32 = 10_000;

/// All that is wrong, in the order of the text.
pub(super) fn refusals(rules: &[Rule]) -> Vec<Refusal> {
    let mut found = Vec::new();
    // What is too long is not looked into: the answer has to be short.
    if rules.len() > MOST_RULES {
        refuse(&mut found, "rules", "", "must hold at most 50 rules");
        return found;
    }
    for (index, rule) in rules.iter().enumerate() {
        let path = format!("rules[{index}]");
        if rules.iter().take(index).any(|before| before.id == rule.id) {
            refuse(&mut found, &path, ".id", "is the id of another rule, too");
        }
        check_rule(&mut found, &path, rule);
    }
    found
}

fn check_rule(found: &mut Vec<Refusal>, path: &str, rule: &Rule) {
    check_only(found, &format!("{path}.only"), rule.when, &rule.only);
    check_pay(found, &format!("{path}.pay"), rule, &rule.pay);
    if rule.instead.len() > MOST_ENTRIES {
        refuse(found, path, ".instead", "must hold at most 50 entries");
        return;
    }
    for (index, instead) in rule.instead.iter().enumerate() {
        let only = format!("{path}.instead[{index}].only");
        if instead.only == Only::default() {
            refuse(found, &only, "", "must hold a list: it would always fit");
        }
        check_only(found, &only, rule.when, &instead.only);
        let pay = format!("{path}.instead[{index}].pay");
        check_pay(found, &pay, rule, &instead.pay);
        if rule.cap.is_some() && unit_of(&instead.pay) != unit_of(&rule.pay) {
            refuse(
                found,
                &pay,
                "",
                "must be in the unit of the rule's `pay`, because that is the unit of its `cap`",
            );
        }
    }
    if rule.cap.is_some() && matches!(rule.pay, Pay::Ladder(_)) {
        refuse(found, path, ".cap", "can only be with `fixed` or `percent`");
    }
    if rule.hold_days > MOST_HOLD_DAYS {
        refuse(found, path, ".hold_days", "must be from 0 to 365");
    }
}

fn check_only(found: &mut Vec<Refusal>, path: &str, when: When, only: &Only) {
    let lengths = [
        (".kinds", only.kinds.as_ref().map(Vec::len)),
        (".segments", only.segments.as_ref().map(Vec::len)),
        (".products", only.products.as_ref().map(Vec::len)),
        (".channels", only.channels.as_ref().map(Vec::len)),
    ];
    for (list, length) in lengths {
        // An empty list would never fit; who meant all leaves it out.
        if length.is_some_and(|length| !(1..=MOST_ENTRIES).contains(&length)) {
            refuse(found, path, list, "must hold 1 to 50 entries");
        }
    }
    if only.products.is_some() && !matches!(when, When::Won | When::Sale) {
        refuse(
            found,
            path,
            ".products",
            "can only be with `when` `won` or `sale`: nothing is bought before",
        );
    }
}

fn check_pay(found: &mut Vec<Refusal>, path: &str, rule: &Rule, pay: &Pay) {
    match pay {
        Pay::Fixed(fixed) => {
            let path = format!("{path}.fixed");
            check_amount(found, &path, fixed.amount.get(), fixed.unit, fixed.form);
        }
        Pay::Percent(percent) => {
            let path = format!("{path}.percent");
            if rule.when != When::Sale {
                refuse(found, &path, "", "can only be with `when` `sale`");
            }
            if !(1..=MOST_BASIS_POINTS).contains(&percent.basis_points) {
                refuse(found, &path, ".basis_points", "must be from 1 to 10,000");
            }
            check_amount(found, &path, 1, Unit::Money(percent.currency), percent.form);
        }
        Pay::Ladder(ladder) => {
            let path = format!("{path}.ladder");
            if !(1..=MOST_RUNGS).contains(&ladder.rungs.len()) {
                refuse(found, &path, ".rungs", "must hold 1 to 20 rungs");
                return;
            }
            for (index, rung) in ladder.rungs.iter().enumerate() {
                let path = format!("{path}.rungs[{index}]");
                if !(1..=MOST_TIMES).contains(&rung.times) {
                    refuse(found, &path, ".times", "must be from 1 to 1,000");
                }
                check_amount(found, &path, rung.amount.get(), rung.unit, rung.form);
            }
        }
    }
}

fn check_amount(found: &mut Vec<Refusal>, path: &str, amount: i64, unit: Unit, form: Form) {
    match (unit, form) {
        (Unit::Months, Form::FreeService) => {
            if amount > MOST_MONTHS {
                refuse(found, path, ".amount", "must be at most 120 months");
            }
        }
        (Unit::Months, _) => {
            refuse(found, path, ".form", "must be `free_service` for months");
        }
        (Unit::Money(_), Form::FreeService) => {
            refuse(found, path, ".form", "must not be `free_service` for money");
        }
        (Unit::Money(_), _) => {}
    }
}

/// The one unit of a pay, which a ladder has not.
fn unit_of(pay: &Pay) -> Option<Unit> {
    match pay {
        Pay::Fixed(fixed) => Some(fixed.unit),
        Pay::Percent(percent) => Some(Unit::Money(percent.currency)),
        Pay::Ladder(_) => None,
    }
}

fn refuse(found: &mut Vec<Refusal>, path: &str, field: &str, detail: &'static str) {
    found.push(Refusal {
        path: format!("{path}{field}"),
        detail,
    });
}
