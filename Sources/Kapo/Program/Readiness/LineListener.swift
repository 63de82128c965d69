import Host
import Loop

/// Waits for a line on a descriptor of the command.
final class LineListener {
    private let pipe: ReadyPipe
    private var watch: DescriptorWatch?

    /// The command's end; Kapo's copy of it is closed with this object.
    var writeEnd: Int32 { pipe.writeEnd.number }

    /// Calls `whenReady` for each line, or for several at once.
    init(_ loop: EventLoop, whenReady: @escaping () -> Void) throws(SystemError) {
        pipe = try ReadyPipe()
        watch = DescriptorWatch(loop, pipe.number, .readable) { [unowned self] in
            // Read on: a command that writes more must not be kept waiting.
            if pipe.hasLine() { whenReady() }
        }
        watch?.start()
    }

    deinit { watch?.stop() }
}
