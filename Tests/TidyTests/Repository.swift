import Host
import Testing

/// A text file of this repository.
struct SourceFile: Sendable {
    /// Its place below the root: `Sources/Kapo/Machine/Report.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The lines of code: comments and the contents of strings are blank, so that words in them do not count.
    var code: [String] { SwiftText.code(of: text) }
}

/// A line that breaks a rule. It is shown as compilers show errors.
struct Offence: CustomStringConvertible, Equatable {
    let path: String
    /// From 1.
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}

/// This repository, as it lies on the disk.
enum Repository {
    /// The directory that contains Package.swift, seen from this very file.
    static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }

    /// The Swift files of Sources, Tests and the manifest.
    static let swift = files.filter { $0.path.hasSuffix(".swift") }
    /// Those of the program.
    static let sources = swift.filter { $0.path.hasPrefix("Sources/") }
    /// The C files too.
    static let code = files.filter { file in [".swift", ".c", ".h"].contains { file.path.hasSuffix($0) } }

    /// Everything below Sources and Tests that is text, and the manifest.
    private static let files: [SourceFile] = ["Package.swift", "Sources", "Tests"].flatMap(read)

    private static func read(_ path: String) -> [SourceFile] {
        guard path.split(separator: "/").last?.hasPrefix(".") != true else { return [] }
        let whole = Word("\(root)/\(path)")
        guard !File.isRegular(whole) else {
            let bytes = (try? File.read(whole, limit: 10_000_000)) ?? []
            return [SourceFile(path: path, text: String(decoding: bytes, as: UTF8.self))]
        }
        return File.names(in: whole).map(\.text).sorted().flatMap { read("\(path)/\($0)") }
    }
}

/// Fails with one issue for each offence, so that each is seen.
func expectNone(_ offences: [Offence]) {
    for offence in offences { Issue.record("\(offence)") }
}
