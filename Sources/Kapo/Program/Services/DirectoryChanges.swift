import Host
import Loop

/// Hears of changes in a directory, and finds it again when another one has taken its path.
final class DirectoryChanges {
    /// Nanoseconds between two looks for a directory that is gone.
    private static let patience: Int64 = 1_000_000_000

    private let loop: EventLoop
    private let path: Word
    private let whenChanged: () -> Void
    private var watched: WatchedDirectory?
    private var retry: Timer?

    /// Calls `whenChanged` for each change, from the loop. Throws when the directory cannot be watched.
    init(_ loop: EventLoop, _ path: Word, whenChanged: @escaping () -> Void) throws(SystemError) {
        self.loop = loop
        self.path = path
        self.whenChanged = whenChanged
        retry = Timer(loop) { [unowned self] in findAgain() }
        try watch()
    }

    private func watch() throws(SystemError) {
        watched = WatchedDirectory(loop, try DirectoryWatch(path: path)) { [unowned self] in
            for change in $0 { take(change) }
        }
    }

    private func take(_ change: DirectoryWatch.Change) {
        if change == .gone {
            watched = nil
            retry?.set(afterNanoseconds: 0)
        }
        whenChanged()
    }

    private func findAgain() {
        do {
            try watch()
            whenChanged()
        } catch {
            retry?.set(afterNanoseconds: Self.patience)
        }
    }
}
