import Glibc
import Testing

@testable import Host

/// A log file in a directory of its own, a clock that a test sets, and what the log has had to say.
final class LogFileRig {
    static let second: Int64 = 1_000_000_000

    private let directory: TemporaryDirectory
    private(set) var log: LogFile?
    private(set) var news: [String] = []
    /// The wall time: that of the machine at first, for files have times of their own.
    var now = Clock.wall

    init() throws { directory = try TemporaryDirectory() }

    func path(_ name: String) -> String { "\(directory.path)/\(name)" }

    /// Opens it, `log` unless said otherwise.
    func open(
        _ name: String = "log", size: Int? = nil, age: Int64? = nil, number: Int? = nil, in directory: Int32? = nil,
        opening: String = ""
    ) throws {
        let place = Word(directory == nil && !name.hasPrefix("/") ? path(name) : name)
        log = try LogFile(
            LogFileOptions(place, size: size, age: age, number: number), in: directory, at: now,
            opening: { _ in Array(opening.utf8) }
        ) { [unowned self] news in self.news.append(Self.text(news)) }
    }

    func write(_ text: String) { log?.write(Array(text.utf8).span, at: now) }

    /// What a file has; nil when there is none.
    func text(_ name: String = "log") -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

    func bytes(_ name: String) -> [UInt8]? {
        try? File.contents(of: Word(path(name)), limit: 1_000_000_000)
    }

    func make(_ name: String, _ text: String) throws { _ = try directory.write(name, Array(text.utf8)) }

    func move(_ old: String, _ new: String) { #expect(unsafe rename(path(old), path(new)) == 0) }

    func remove(_ name: String) { #expect(unsafe unlink(path(name)) == 0) }

    /// Has the file be older than it is.
    func age(_ name: String, seconds: Int) {
        let time = timespec(tv_sec: Int(now / Self.second) - seconds, tv_nsec: 0)
        // The array lives through the call.
        #expect(unsafe utimensat(AT_FDCWD, path(name), [time, time], 0) == 0)
    }

    /// The texts of all files, the oldest first.
    func all(of name: String = "log", most: Int) -> [String] {
        (1...most).reversed().compactMap { text("\(name).\($0)") } + [text(name)].compactMap { $0 }
    }

    private static func text(_ news: LogFile.News) -> String {
        switch news {
        case .losing(let code): "losing: \(SystemError.text(of: code))"
        case .regained(let lines): "regained after \(lines)"
        case .notRotated(let error): "not rotated: \(error)"
        case .notReopened(let error): "not reopened: \(error)"
        }
    }
}
