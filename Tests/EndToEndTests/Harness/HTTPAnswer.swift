/// An answer as `curl --include` shows it.
struct HTTPAnswer {
    let status: Int
    /// Names in lower case. A name that comes twice keeps its last value.
    let headers: [String: String]
    let body: String

    /// Nil for what is no answer.
    init?(_ text: String) {
        // A CR LF is one Character of a Swift string; unified here, where only headers and JSON are looked at.
        let lines = String(text.map { $0 == "\r\n" ? "\n" : $0 })
        let parts = lines.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = parts.first?.split(separator: " "), first.count >= 2, first[0].hasPrefix("HTTP/"),
            let status = Int(first[1])
        else { return nil }
        self.status = status
        var headers: [String: String] = [:]
        let head = parts.dropFirst().prefix { !$0.isEmpty }
        for line in head {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        self.headers = headers
        body = parts.dropFirst(head.count + 2).joined(separator: "\n")
    }
}
