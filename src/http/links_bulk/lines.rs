//! A body as lines: cut as they come, whatever pieces they come in.

use std::collections::VecDeque;

use futures_util::StreamExt;

use crate::http::body::{Body, Pieces};

/// Bytes of a row at most.
const ROW_BYTES: usize = 4_096;

/// A body as lines, each with its number. A quoted cell may not hold a line
/// break: names of ours never do.
pub(super) struct Lines {
    body: Option<Pieces>,
    buffer: VecDeque<u8>,
    line: usize,
}

impl Lines {
    pub(super) fn new(body: Body) -> Self {
        Self {
            body: Some(body.into_pieces()),
            buffer: VecDeque::new(),
            line: 0,
        }
    }

    /// The next line without its end; an error is that row's, or the last.
    pub(super) async fn next(&mut self) -> Option<(usize, Result<String, String>)> {
        let mut searched = 0;
        let mut too_long = false;
        loop {
            if let Some(end) = self.buffer.iter().skip(searched).position(|b| *b == b'\n') {
                let mut bytes: Vec<u8> = self.buffer.drain(..=searched + end).collect();
                bytes.pop();
                return Some(self.finish(bytes, too_long));
            }
            // A CR may be its last byte, which does not count.
            if self.buffer.len() > ROW_BYTES + 1 {
                // Read on to the end of the line, but keep none of it.
                too_long = true;
                self.buffer.clear();
            }
            searched = self.buffer.len();
            match self.read().await {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    self.line += 1;
                    return Some((self.line, Err(error)));
                }
                None if self.buffer.is_empty() && !too_long => return None,
                None => {
                    let bytes = self.buffer.drain(..).collect();
                    return Some(self.finish(bytes, too_long));
                }
            }
        }
    }

    async fn read(&mut self) -> Option<Result<(), String>> {
        match self.body.as_mut()?.next().await {
            Some(Ok(bytes)) => {
                self.buffer.extend(bytes);
                Some(Ok(()))
            }
            Some(Err(_)) => {
                self.body = None;
                self.buffer.clear();
                Some(Err("the body broke off here".to_owned()))
            }
            None => {
                self.body = None;
                None
            }
        }
    }

    fn finish(&mut self, mut bytes: Vec<u8>, too_long: bool) -> (usize, Result<String, String>) {
        self.line += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let text = if too_long || bytes.len() > ROW_BYTES {
            Err(format!("the row is longer than {ROW_BYTES} bytes"))
        } else {
            String::from_utf8(bytes).map_err(|_| "the row is not UTF-8".to_owned())
        };
        (self.line, text)
    }
}
