/// Where output goes that is kept in a file, and when that file is put aside for a new one.
package struct LogFileSettings: Equatable, Sendable {
    /// A megabyte of `size`.
    package static let megabyte: Int64 = 1_048_576

    /// The path, not empty.
    package var file: String
    /// Seconds after which the file is put aside, 0 to 1,000,000,000; 0 for never.
    package var ageSeconds: Int64 = 0
    /// Files that are kept beside it, 1 to 10,000; 0 when the file does not say.
    package var files = 0
    /// Bytes after which the file is put aside, a multiple of `megabyte` up to 1,000,000 of them; 0 for never.
    package var sizeBytes: Int64 = 0
    /// True to put the time before each line.
    package var timestamps = false

    /// A file that is never put aside.
    package init(file: String) {
        self.file = file
    }
}
