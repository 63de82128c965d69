import Host
import Loop

/// A directory whose changes are heard of.
final class WatchedDirectory {
    private var directory: DirectoryWatch
    private var watch: DescriptorWatch?

    /// Calls `take` with all changes that there are, from the loop.
    init(
        _ loop: EventLoop, _ directory: consuming DirectoryWatch,
        take: @escaping ([DirectoryWatch.Change]) -> Void
    ) {
        let number = directory.number
        self.directory = directory
        watch = DescriptorWatch(loop, number, .readable) { [unowned self] in
            // What is told may be that it is gone, and then this object is too.
            var changes: [DirectoryWatch.Change] = []
            while let change = self.directory.next() { changes.append(change) }
            take(changes)
        }
        watch?.start()
    }

    deinit { watch = nil }
}
