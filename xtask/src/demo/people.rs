//! Owns who is in the demo: programs, advocates, reps, and the people whom they
//! refer. All of them are invented; their addresses end in `.example`, which is
//! nobody's (RFC 2606).

/// A rep.
pub struct Rep {
    pub slug: &'static str,
    pub name: &'static str,
    pub email: &'static str,
}

/// Who follows leads up.
pub const REPS: [Rep; 4] = [
    Rep {
        slug: "lea",
        name: "Lea Hoffmann",
        email: "lea@goodword.example",
    },
    Rep {
        slug: "tomas",
        name: "Tomás Herrera",
        email: "tomas@goodword.example",
    },
    Rep {
        slug: "priya",
        name: "Priya Raman",
        email: "priya@goodword.example",
    },
    Rep {
        slug: "daniel",
        name: "Daniel Okafor",
        email: "daniel@goodword.example",
    },
];

/// An advocate: external id, kind, name, mail domain, segment and owner (empty
/// for none), how much they share (some do not), and for how many days they have
/// been here.
pub type Advocate = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    u64,
    i64,
);

/// A program with all that belongs to it.
pub struct Program {
    pub slug: &'static str,
    pub name: &'static str,
    pub zone: &'static str,
    /// What a link's preview shows: title and description.
    pub preview: [&'static str; 2],
    /// Slugs, and what stands behind the demo page's address.
    pub destinations: &'static [(&'static str, &'static str)],
    pub labels: &'static [&'static str],
    pub rules: &'static str,
    pub content: &'static str,
    pub advocates: &'static [Advocate],
    /// Clicks on an ordinary day, bots and all.
    pub daily: u64,
    pub leads: usize,
    /// Who once wrote what everybody passed on: their place among the advocates.
    pub viral: Option<usize>,
}

/// The two programs. The first three advocates of `demo` that `cargo xtask dev`
/// prints links of are Maya, Jonas and Aiko.
pub const PROGRAMS: [Program; 2] = [
    Program {
        slug: "demo",
        name: "Customer referrals",
        zone: "Europe/Berlin",
        preview: [
            "A friend recommends Goodword",
            "Referral links that count every click once.",
        ],
        destinations: &[
            ("welcome", ""),
            ("pricing", "?page=pricing"),
            ("webinar", "?page=webinar"),
            ("book-a-demo", "?page=book-a-demo"),
        ],
        labels: &[
            "launch",
            "newsletter",
            "linkedin-week",
            "trade-fair",
            "webinar",
        ],
        rules: include_str!("rules/demo.json"),
        content: include_str!("content/demo.json"),
        advocates: &CUSTOMERS,
        daily: 112,
        leads: 132,
        viral: Some(1),
    },
    Program {
        slug: "partners",
        name: "Partner network",
        zone: "America/New_York",
        preview: [
            "Recommended by a Goodword partner",
            "See what your partner can set up for you.",
        ],
        destinations: &[("welcome", "?page=partners"), ("pricing", "?page=pricing")],
        labels: &["newsletter", "roadshow", "co-marketing"],
        rules: include_str!("rules/partners.json"),
        content: include_str!("content/partners.json"),
        advocates: &PARTNERS,
        daily: 20,
        leads: 30,
        viral: None,
    },
];

#[rustfmt::skip]
const CUSTOMERS: [Advocate; 30] = [
    ("demo-maya", "customer", "Maya Lindqvist", "brightbean.example", "gold", "lea", 30, 400),
    ("demo-ines", "customer", "Inês Carvalho", "atelier-ribeiro.example", "gold", "tomas", 26, 360),
    ("demo-kofi", "customer", "Kofi Mensah", "accrabakes.example", "gold", "priya", 22, 300),
    ("demo-hana", "customer", "Hana Kobayashi", "tsubaki-tea.example", "gold", "lea", 18, 280),
    ("demo-liam", "customer", "Liam O’Connor", "harbourcycles.example", "silver", "daniel", 15, 250),
    ("demo-zainab", "customer", "Zainab Yusuf", "yusuf-optics.example", "silver", "priya", 14, 230),
    ("demo-mateo", "customer", "Mateo Fernández", "casafernandez.example", "silver", "tomas", 13, 210),
    ("demo-freya", "customer", "Freya Nielsen", "nordlys-studio.example", "silver", "lea", 12, 190),
    ("demo-arjun", "customer", "Arjun Mehta", "mehta-pharmacy.example", "silver", "priya", 11, 170),
    ("demo-chloe", "customer", "Chloé Moreau", "lepetitfournil.example", "standard", "daniel", 0, 150),
    ("demo-omar", "customer", "Omar Haddad", "haddad-furniture.example", "standard", "tomas", 8, 130),
    ("demo-sofia", "customer", "Sofia Rossi", "rossi-gelato.example", "standard", "lea", 8, 110),
    ("demo-lukas", "customer", "Lukas Brandt", "brandt-buchhandlung.example", "standard", "lea", 7, 95),
    ("demo-mei", "customer", "Mei-Ling Chen", "jadeleaf.example", "standard", "daniel", 6, 80),
    ("demo-noah", "customer", "Noah Williams", "williams-hardware.example", "standard", "", 0, 66),
    ("demo-elif", "customer", "Elif Demir", "demir-textiles.example", "standard", "tomas", 0, 52),
    ("demo-tariq", "customer", "Tariq Aziz", "aziz-catering.example", "standard", "", 0, 38),
    ("demo-anna", "customer", "Anna Kowalska", "kowalska-flowers.example", "standard", "lea", 4, 24),
    ("demo-pedro", "customer", "Pedro Santos", "santosbarber.example", "standard", "", 0, 12),
    ("demo-grace", "customer", "Grace Achieng", "lakeside-clinic.example", "standard", "priya", 3, 5),
    ("demo-jonas", "partner", "Jonas Weber", "weber-it.example", "integrator", "daniel", 24, 380),
    ("demo-yuki", "partner", "Yuki Nakamura", "nakamura-systems.example", "integrator", "priya", 12, 260),
    ("demo-carlos", "partner", "Carlos Mendes", "mendes-consulting.example", "agency", "tomas", 0, 160),
    ("demo-nadia", "partner", "Nadia Petrova", "petrova-media.example", "agency", "daniel", 6, 70),
    ("demo-aiko", "employee", "Aiko Tanaka", "goodword.example", "", "lea", 16, 390),
    ("demo-ben", "employee", "Benjamin Osei", "goodword.example", "", "tomas", 9, 340),
    ("demo-clara", "employee", "Clara Schmidt", "goodword.example", "", "lea", 8, 240),
    ("demo-diego", "employee", "Diego Ramírez", "goodword.example", "", "priya", 0, 140),
    ("demo-emma", "employee", "Emma Johansson", "goodword.example", "", "daniel", 5, 90),
    ("demo-farid", "employee", "Farid Rahimi", "goodword.example", "", "tomas", 0, 30),
];

#[rustfmt::skip]
const PARTNERS: [Advocate; 10] = [
    ("partners-alder", "partner", "Alder & Finch", "alderfinch.example", "platinum", "daniel", 20, 330),
    ("partners-baobab", "partner", "Baobab Digital", "baobab-digital.example", "platinum", "priya", 17, 290),
    ("partners-cobalt", "partner", "Cobalt Retail Systems", "cobaltretail.example", "gold", "daniel", 13, 220),
    ("partners-dunas", "partner", "Dunas Consultoria", "dunas.example", "gold", "tomas", 11, 180),
    ("partners-edelweiss", "partner", "Edelweiss Treuhand", "edelweiss-treuhand.example", "gold", "lea", 9, 150),
    ("partners-fjord", "partner", "Fjord POS", "fjordpos.example", "silver", "lea", 7, 120),
    ("partners-ganges", "partner", "Ganges Softworks", "ganges-softworks.example", "silver", "priya", 6, 85),
    ("partners-hanami", "partner", "Hanami Partners", "hanami-partners.example", "silver", "priya", 5, 60),
    ("partners-iberia", "partner", "Iberia Pagos", "iberia-pagos.example", "silver", "tomas", 4, 35),
    ("partners-juniper", "partner", "Juniper Lane", "juniperlane.example", "silver", "", 2, 14),
];

/// An advocate's address.
pub fn email(advocate: &Advocate) -> String {
    let (_, _, name, domain, ..) = advocate;
    let first = name.split([' ', '-']).next().unwrap_or_default();
    format!("{}@{domain}", plain(first))
}

/// Small letters without accents, as people write their names in addresses.
pub fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .filter_map(|letter| {
            Some(match letter {
                'á' | 'ã' | 'å' | 'ä' | 'à' | 'â' | 'ą' => 'a',
                'é' | 'ê' | 'è' | 'ë' | 'ę' | 'ě' => 'e',
                'í' | 'ı' | 'î' => 'i',
                'ó' | 'ö' | 'ô' | 'ø' | 'õ' => 'o',
                'ú' | 'ü' | 'ů' => 'u',
                'ç' | 'č' | 'ć' => 'c',
                'ñ' | 'ń' => 'n',
                'ş' | 'š' | 'ś' => 's',
                'ł' => 'l',
                'ž' | 'ż' => 'z',
                'ğ' => 'g',
                'a'..='z' | '0'..='9' => letter,
                _ => return None,
            })
        })
        .collect()
}

pub const FIRST_NAMES: [&str; 48] = [
    "Amina", "Andrés", "Astrid", "Bilal", "Camille", "Chidi", "Dagny", "Darius", "Eleni", "Emre",
    "Fatou", "Gabriela", "Giulia", "Haruto", "Helena", "Ibrahim", "Ingrid", "Isabel", "Jakub",
    "Javier", "Jin", "Jozef", "Kamala", "Keiko", "Laszlo", "Leila", "Magnus", "Malik", "Marta",
    "Mika", "Nia", "Niklas", "Olga", "Paolo", "Quynh", "Rafael", "Ravi", "Renée", "Samuel",
    "Sanne", "Soren", "Tessa", "Thandi", "Uma", "Viktor", "Wanjiru", "Xin", "Yara",
];

pub const LAST_NAMES: [&str; 47] = [
    "Abebe",
    "Almeida",
    "Andersson",
    "Baptiste",
    "Bianchi",
    "Castillo",
    "Dang",
    "Dubois",
    "Eriksen",
    "Farouk",
    "Fischer",
    "García",
    "Gupta",
    "Hansen",
    "Horvat",
    "Ibarra",
    "Ito",
    "Jansen",
    "Kaya",
    "Kim",
    "Kowalczyk",
    "Kruger",
    "Larsen",
    "Lehmann",
    "Lopes",
    "Mbeki",
    "Molnar",
    "Moretti",
    "Nguyen",
    "Novák",
    "Nowak",
    "Okoye",
    "Oliveira",
    "Park",
    "Patel",
    "Popescu",
    "Reyes",
    "Sato",
    "Schneider",
    "Silva",
    "Singh",
    "Sokolov",
    "Takahashi",
    "Vargas",
    "Virtanen",
    "Wang",
    "Zimmermann",
];

pub const COMPANIES: [&str; 53] = [
    "Alpenglow Outdoor",
    "Amber Row Books",
    "Anchor & Oak",
    "Aurora Dental",
    "Bluefin Sushi",
    "Bramble Florists",
    "Cedar Street Yoga",
    "Clementine Café",
    "Copper Kettle",
    "Corso Eyewear",
    "Delta Print",
    "Driftwood Surf",
    "Elm & Ivy",
    "Fable Toys",
    "Fernhill Vets",
    "Golden Hour Photo",
    "Granite Climbing",
    "Harvest Table",
    "Hollow Tree Brewing",
    "Indigo Salon",
    "Juniper Kitchen",
    "Kestrel Bikes",
    "Kumo Ramen",
    "Lantern Hostel",
    "Lumen Lighting",
    "Maple Veterinary",
    "Marigold Bakery",
    "Meridian Travel",
    "Mosaic Tiles",
    "Nimbus Coworking",
    "North Pier Fish",
    "Olive Grove Deli",
    "Orchard Lane",
    "Paper Crane",
    "Pebble Kindergarten",
    "Pine & Pixel",
    "Quayside Books",
    "Redwood Joinery",
    "Ridgeline Ski",
    "Saffron House",
    "Sable Interiors",
    "Silver Birch Spa",
    "Solstice Garden",
    "Stonebridge Inn",
    "Tamarind Tree",
    "Tidewater Marine",
    "Twelve Acres Farm",
    "Umbra Roasters",
    "Velvet Barber",
    "Willow Pharmacy",
    "Windmill Cheese",
    "Yarrow Apothecary",
    "Zephyr Kites",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use goodword::domain::{reward::Rules, zone::Zone};

    use super::*;

    #[test]
    fn everybody_is_there_once_and_owned_by_somebody_who_is() {
        let reps: Vec<&str> = REPS.iter().map(|rep| rep.slug).collect();
        for program in &PROGRAMS {
            assert!(Rules::parse(program.rules).is_ok(), "{}", program.slug);
            assert!(serde_json::from_str::<serde_json::Value>(program.content).is_ok());
            assert!(Zone::named(program.zone).is_some());
            let ids: BTreeSet<&str> = program.advocates.iter().map(|one| one.0).collect();
            assert_eq!(ids.len(), program.advocates.len());
            let emails: BTreeSet<String> = program.advocates.iter().map(email).collect();
            assert_eq!(emails.len(), program.advocates.len());
            for advocate in program.advocates {
                assert!(advocate.5.is_empty() || reps.contains(&advocate.5));
            }
        }
    }

    #[test]
    fn an_address_is_plain() {
        assert_eq!(plain("Inês"), "ines");
        assert_eq!(plain("O’Connor"), "oconnor");
        for name in FIRST_NAMES.iter().chain(&LAST_NAMES) {
            assert_eq!(plain(name).chars().count(), name.chars().count(), "{name}");
        }
    }
}
