import Glibc
import Host
import Program

@testable import Commands

/// Files of one test, in a directory that goes with this object.
final class TestFiles {
    struct Failure: Error {
        let what: String
    }

    private let directory: String
    private var paths: [String] = []

    init() throws {
        var template = Array("/tmp/kapo-proxy-XXXXXX".utf8CString)
        // mkdtemp writes six characters into the array, in place.
        guard unsafe mkdtemp(&template) != nil else { throw Failure(what: "mkdtemp") }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for path in paths { unsafe unlink(path) }
        unsafe rmdir(directory)
    }

    /// The path of a new file with these bytes.
    func path(_ bytes: [UInt8]) throws -> String {
        let path = "\(directory)/\(paths.count)"
        guard let file = unsafe fopen(path, "we") else { throw Failure(what: "fopen") }
        paths.append(path)
        // The C library reads the array during the call.
        unsafe fwrite(bytes, 1, bytes.count, file)
        unsafe fclose(file)
        return path
    }

    /// The same with a text.
    func path(_ text: String) throws -> String { try path(Array(text.utf8)) }
}

extension Options {
    /// What `proxy` is to do; nil for other modes.
    var proxy: ProxyOptions? {
        if case .proxy(let proxy) = job { proxy } else { nil }
    }
}
