/// What a client takes: an `Accept` header (RFC 9110, section 12.5.1). Qualities are thousandths.
struct AcceptHeader {
    private let ranges: [AcceptedRange]

    /// Reads the header; nil is for a request without one.
    init(_ text: String?) {
        ranges = (text ?? "").split(separator: ",").compactMap(AcceptedRange.init)
    }

    /// The best quality among the ranges of exactly that name which leave the version open or name this one; 0 if there
    /// is none.
    func quality(named name: String, version: String? = nil) -> Int { find(name, version) ?? 0 }

    /// The quality of `text/plain`, by the range that says most about it; 0 if there is none.
    func qualityOfText(version: String? = nil) -> Int {
        find("text/plain", version) ?? find("text/*", version) ?? find("*/*", version) ?? 0
    }

    private func find(_ name: String, _ version: String?) -> Int? {
        ranges.filter { $0.name == name && ($0.version ?? version) == version }.map(\.quality).max()
    }
}

/// One range: `text/plain;version=0.0.4;q=0.5`.
private struct AcceptedRange {
    /// In lower case.
    var name: String
    var version: String?
    /// Thousandths: RFC 9110 allows three digits behind the point.
    var quality = 1000

    /// Nil for a range with a quality that is none.
    init?(_ text: Substring) {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
        name = parts[0].lowercased()
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            guard pair.count == 2 else { continue }
            switch pair[0].lowercased() {
            case "version": version = pair[1].filter { $0 != "\"" }
            case "q":
                guard let quality = Self.thousandths(pair[1]) else { return nil }
                self.quality = quality
            default: continue
            }
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let start = text.drop(while: isSpace)
        return start[..<(start.lastIndex { !isSpace($0) }.map(start.index(after:)) ?? start.startIndex)]
    }

    /// The thousandths that `0.75`, `1` or `1.000` is; nil for what is no such number from 0 to 1.
    private static func thousandths(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts.count == 2 ? parts[1] : ""
        guard parts[0] == "0" || parts[0] == "1", digits.utf8.count <= 3,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        let padded = parts[0] + digits + String(repeating: "0", count: 3 - digits.utf8.count)
        return Int(padded).flatMap { $0 <= 1000 ? $0 : nil }
    }
}
