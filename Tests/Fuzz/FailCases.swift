import Glibc

/// Scripts that were written down: what once failed, and situations in which it is easy to be wrong.
struct FailCase: CustomStringConvertible, Sendable {
    let name: String
    let text: String

    var description: String { name }

    /// All of the folder FailCases, beside this file.
    static let all: [FailCase] = names(in: folder).filter { $0.hasSuffix(".txt") }.sorted().map { name in
        FailCase(name: name, text: contents(of: "\(folder)/\(name)"))
    }

    private static let folder =
        #filePath.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        + "/FailCases"

    private static func names(in folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        // The entry is good until the next call, and its name ends with a zero.
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    private static func contents(of path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            // The kernel writes no more than the array has.
            let count = unsafe read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }
}
