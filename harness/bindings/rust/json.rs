//! As much of JSON as lines of `serve` need, without a crate: what is read is what a correct writer wrote.

use std::fmt;

#[derive(Clone)]
pub enum Json {
    Null,
    True,
    False,
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.to_string())
    }
}

impl Json {
    pub fn object(members: Vec<(&str, Json)>) -> Json {
        Json::Object(members.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
    }

    pub fn parse(text: &str) -> Option<Json> {
        let mut rest = text.chars().peekable();
        value(&mut rest)
    }

    pub fn has(&self, name: &str) -> bool {
        self.members().iter().any(|(one, _)| one == name)
    }

    /// `Null` where it is not there.
    pub fn get(&self, name: &str) -> Json {
        self.members().iter().find(|(one, _)| one == name).map_or(Json::Null, |(_, value)| value.clone())
    }

    pub fn members(&self) -> &[(String, Json)] {
        if let Json::Object(members) = self { members } else { &[] }
    }

    pub fn items(&self) -> &[Json] {
        if let Json::List(items) = self { items } else { &[] }
    }

    /// Of a text or a number; else empty.
    pub fn text(&self) -> String {
        match self {
            Json::Text(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        }
    }
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn value(rest: &mut Rest) -> Option<Json> {
    match next(rest)? {
        '{' => {
            rest.next();
            let mut members = Vec::new();
            while next(rest)? != '}' {
                let name = text(rest)?;
                next(rest).filter(|one| *one == ':')?;
                rest.next();
                members.push((name, value(rest)?));
                rest.next_if_eq(&',');
            }
            rest.next();
            Some(Json::Object(members))
        }
        '[' => {
            rest.next();
            let mut items = Vec::new();
            while next(rest)? != ']' {
                items.push(value(rest)?);
                rest.next_if_eq(&',');
            }
            rest.next();
            Some(Json::List(items))
        }
        '"' => text(rest).map(Json::Text),
        _ => {
            let mut word = String::new();
            while let Some(one) = rest.next_if(|one| !",]} \t".contains(*one)) {
                word.push(one);
            }
            match word.as_str() {
                "null" => Some(Json::Null),
                "true" => Some(Json::True),
                "false" => Some(Json::False),
                number => number.parse().ok().map(Json::Number),
            }
        }
    }
}

fn next(rest: &mut Rest) -> Option<char> {
    while rest.next_if(|one| " \t".contains(*one)).is_some() {}
    rest.peek().copied()
}

fn text(rest: &mut Rest) -> Option<String> {
    rest.next().filter(|one| *one == '"')?;
    // UTF-16 units: characters beyond the first plane may be escaped as pairs.
    let mut units = Vec::new();
    loop {
        match rest.next()? {
            '"' => return Some(String::from_utf16_lossy(&units)),
            '\\' => match rest.next()? {
                'u' => {
                    let digits: String = rest.take(4).collect();
                    units.push(u16::from_str_radix(&digits, 16).ok()?);
                }
                'b' => units.push(8),
                'f' => units.push(12),
                'n' => units.push(10),
                'r' => units.push(13),
                't' => units.push(9),
                other => units.extend(other.encode_utf16(&mut [0; 2]).iter()),
            },
            plain => units.extend(plain.encode_utf16(&mut [0; 2]).iter()),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Json::Null => write!(out, "null"),
            Json::True => write!(out, "true"),
            Json::False => write!(out, "false"),
            Json::Number(number) => write!(out, "{number}"),
            Json::Text(text) => {
                write!(out, "\"")?;
                for one in text.chars() {
                    match one {
                        '"' | '\\' => write!(out, "\\{one}")?,
                        one if one < ' ' => write!(out, "\\u{:04x}", one as u32)?,
                        one => write!(out, "{one}")?,
                    }
                }
                write!(out, "\"")
            }
            Json::List(items) => {
                let parts: Vec<String> = items.iter().map(Json::to_string).collect();
                write!(out, "[{}]", parts.join(","))
            }
            Json::Object(members) => {
                let parts: Vec<String> =
                    members.iter().map(|(name, value)| format!("{}:{value}", Json::from(name.as_str()))).collect();
                write!(out, "{{{}}}", parts.join(","))
            }
        }
    }
}
