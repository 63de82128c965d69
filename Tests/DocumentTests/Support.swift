import Document
import Machine

/// The text that these bytes are; wrong UTF-8 shows as U+FFFD.
func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
}
