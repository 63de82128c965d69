/// An event of `GET /events`: Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
package enum StatusEvent {
    /// `id`, `event: status`, and the document as `data`. The document is one line, with or without its newline.
    package static func bytes(number: UInt64, document: [UInt8]) -> [UInt8] {
        let line = document.last == UInt8(ascii: "\n") ? document.dropLast() : document[...]
        return Array("id: \(number)\nevent: status\ndata: ".utf8) + line + Array("\n\n".utf8)
    }
}
