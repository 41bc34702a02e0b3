//! A ZIP archive, written as it streams: files without compression, of which size
//! and checksum follow what they hold (APPNOTE.TXT 6.3.10, sections 4.3 and 4.4).
//!
//! Owns the format as far as it is needed here: no ZIP64, so four gigabytes at most.

/// An archive under way. Each function adds to `out` what comes next in it.
#[derive(Default)]
pub struct Zip {
    /// Bytes that were written.
    position: u64,
    files: Vec<File>,
}

struct File {
    name: String,
    offset: u64,
    crc: u32,
    size: u64,
}

/// It would need ZIP64.
#[derive(Debug, thiserror::Error)]
#[error("a ZIP archive holds four gigabytes at most")]
pub struct TooLarge;

/// Version 2.0, which is the first to know of a descriptor behind the file.
const VERSION: u16 = 20;

/// A descriptor follows; names are UTF-8.
const FLAGS: u16 = 0x0808;

/// The first of January 1980, at midnight: what was written when stands in the files.
const TIME: u32 = 0x0021_0000;

impl Zip {
    /// Begins a file.
    pub fn begin(&mut self, name: String, out: &mut Vec<u8>) -> Result<(), TooLarge> {
        let offset = self.position;
        let start = len(out);
        put(out, 4, 0x0403_4b50);
        put(out, 2, VERSION.into());
        put(out, 2, FLAGS.into());
        put(out, 2, 0);
        put(out, 4, TIME);
        out.extend([0; 12]);
        put(out, 2, size(len(name.as_bytes()))?);
        put(out, 2, 0);
        out.extend(name.as_bytes());
        self.position += len(out) - start;
        self.files.push(File {
            name,
            offset,
            crc: 0,
            size: 0,
        });
        Ok(())
    }

    /// Goes on with the file.
    pub fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if let Some(file) = self.files.last_mut() {
            file.crc = crc(file.crc, bytes);
            file.size += len(bytes);
        }
        out.extend(bytes);
        self.position += len(bytes);
    }

    /// Ends the file.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<(), TooLarge> {
        let Some(file) = self.files.last() else {
            return Ok(());
        };
        let start = len(out);
        put(out, 4, 0x0807_4b50);
        sums(file, out)?;
        self.position += len(out) - start;
        Ok(())
    }

    /// Ends the archive.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), TooLarge> {
        let (start, count) = (len(out), size(len(&self.files))?);
        for file in &self.files {
            put(out, 4, 0x0201_4b50);
            put(out, 2, VERSION.into());
            put(out, 2, VERSION.into());
            put(out, 2, FLAGS.into());
            put(out, 2, 0);
            put(out, 4, TIME);
            sums(file, out)?;
            put(out, 2, size(len(file.name.as_bytes()))?);
            out.extend([0; 12]);
            put(out, 4, size(file.offset)?);
            out.extend(file.name.as_bytes());
        }
        let length = size(len(out) - start)?;
        put(out, 4, 0x0605_4b50);
        put(out, 4, 0);
        put(out, 2, count);
        put(out, 2, count);
        put(out, 4, length);
        put(out, 4, size(self.position)?);
        put(out, 2, 0);
        Ok(())
    }
}

/// Checksum and both sizes, which are one.
fn sums(file: &File, out: &mut Vec<u8>) -> Result<(), TooLarge> {
    put(out, 4, file.crc);
    put(out, 4, size(file.size)?);
    put(out, 4, size(file.size)?);
    Ok(())
}

/// The length, where it may come to more than an isolate's memory has addresses.
fn len<T>(of: &[T]) -> u64 {
    of.len() as u64
}

fn size(size: u64) -> Result<u32, TooLarge> {
    // The last value would announce ZIP64.
    u32::try_from(size)
        .ok()
        .filter(|size| *size < u32::MAX)
        .ok_or(TooLarge)
}

/// Adds a number of so many bytes, the lowest first.
fn put(out: &mut Vec<u8>, bytes: usize, number: u32) {
    out.extend(number.to_le_bytes().iter().take(bytes));
}

/// CRC-32 of what had `crc` before, four bits at a time: a table of sixteen is small.
fn crc(crc: u32, bytes: &[u8]) -> u32 {
    const OF_FOUR_BITS: [u32; 16] = {
        let mut table = [0; 16];
        let mut index = 0_u32;
        while index < 16 {
            let (mut sum, mut bit) = (index, 0);
            while bit < 4 {
                sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
                bit += 1;
            }
            #[expect(clippy::indexing_slicing, reason = "both are 16")]
            {
                table[index as usize] = sum;
            }
            index += 1;
        }
        table
    };
    let step = |sum: u32| {
        let place = usize::try_from(sum & 15).unwrap_or(0);
        (sum >> 4) ^ OF_FOUR_BITS.get(place).copied().unwrap_or(0)
    };
    !bytes
        .iter()
        .fold(!crc, |sum, byte| step(step(sum ^ u32::from(*byte))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_catalogue() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(crc(0, b"123456789"), 0xcbf4_3926);
        assert_eq!(crc(crc(0, b"12345"), b"6789"), 0xcbf4_3926);
    }

    #[test]
    fn the_format_is_pinned() {
        let (mut zip, mut out) = (Zip::default(), Vec::new());
        zip.begin("a.csv".to_owned(), &mut out).unwrap();
        zip.write(b"1234", &mut out);
        zip.write(b"56789", &mut out);
        zip.end(&mut out).unwrap();
        zip.begin("b".to_owned(), &mut out).unwrap();
        zip.end(&mut out).unwrap();
        zip.finish(&mut out).unwrap();
        let hex = crate::domain::access::to_hex(&out);
        // Python's zipfile and Info-ZIP read it.
        let expected = [
            "504b03041400080800000000210000000000000000000000000005000000612e637376313233343536373839",
            "504b07082639f4cb0900000009000000504b0304140008080000000021000000000000000000000000000100",
            "000062504b0708000000000000000000000000504b01021400140008080000000021002639f4cb0900000009",
            "000000050000000000000000000000000000000000612e637376504b01021400140008080000000021000000",
            "0000000000000000000001000000000000000000000000003c00000062504b05060000000002000200620000",
            "006b0000000000",
        ];
        assert_eq!(hex, expected.concat());
    }
}
