/// Where a log goes, when its file is rotated, and how many rotated files are kept.
package struct LogFileOptions: Equatable, Sendable {
    /// How many are kept when that is not said, as immortal has it.
    package static let defaultNumber = 7

    /// The file; a relative path begins at the directory that is given when it is opened.
    package var path: Word
    /// Bytes beyond which it is rotated, 1 at least; nil for no limit.
    package var size: Int?
    /// Nanoseconds after its beginning at which it is rotated, 1 at least; nil for no limit.
    package var age: Int64?
    /// How many rotated files are kept, 0 at least; nil for the default.
    package var number: Int?
    /// The time stands before each line.
    package var hasTimestamps: Bool

    /// A file that is never rotated, unless `size` or `age` is given.
    package init(
        _ path: Word, size: Int? = nil, age: Int64? = nil, number: Int? = nil, hasTimestamps: Bool = false
    ) {
        precondition(size ?? 1 > 0 && age ?? 1 > 0 && number ?? 0 >= 0, "no such rotation: \(path.text)")
        self.path = path
        self.size = size
        self.age = age
        self.number = number
        self.hasTimestamps = hasTimestamps
    }
}
