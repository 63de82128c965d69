import Glibc

/// Reads what a command writes into a pipe, as fast as it can be passed on and no faster.
@safe package final class Capture {
    /// What to do with the output. `boundary` comes when the last byte of one run was handed out.
    package struct Sink {
        package var bytes: (Span<UInt8>) -> Void
        package var boundary: () -> Void

        /// A sink.
        package init(bytes: @escaping (Span<UInt8>) -> Void, boundary: @escaping () -> Void) {
            self.bytes = bytes
            self.boundary = boundary
        }
    }

    /// How bytes come out of the pipe; by default read(2) takes them.
    package struct Source {
        /// Copies bytes out of the pipe at that descriptor, as many as the buffer has at most, and returns how many.
        package var read: (Int32, inout MutableRawSpan) -> Int
        /// So many bytes have been handed out.
        package var passed: (Int32, Int) -> Void

        /// A source.
        package init(
            read: @escaping (Int32, inout MutableRawSpan) -> Int, passed: @escaping (Int32, Int) -> Void
        ) {
            self.read = read
            self.passed = passed
        }
    }

    /// Bytes read since the beginning.
    package private(set) var bytesRead: UInt64 = 0
    /// Lines read since the beginning. The last one of a run counts without a newline too, once the run has ended.
    package private(set) var linesRead: UInt64 = 0
    private let descriptor: Int32
    private let sink: Sink
    private let source: Source?
    private let loop: EventLoop
    private var watch: DescriptorWatch?
    /// Positions in the stream at which runs ended, ascending and each once: at most one for each byte in the pipe.
    private var boundaries: [UInt64] = []
    /// True when the last byte was no newline: the line goes on.
    private var isInLine = false
    private var isFinished = false
    private var isPaused = false

    /// Starts reading the pipe at `descriptor`, which it makes non-blocking and closes at its own end.
    package init(_ loop: EventLoop, _ descriptor: Int32, _ sink: Sink, from source: Source? = nil) {
        self.loop = loop
        self.descriptor = descriptor
        self.sink = sink
        self.source = source
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        watch = DescriptorWatch(loop, descriptor, .readable) { [unowned self] in readOnce() }
        watch?.start()
    }

    deinit { finish() }

    /// Ends it: nobody wants the output any more, and the command learns that by SIGPIPE or EPIPE.
    package func finish() {
        guard !isFinished else { return }
        isFinished = true
        watch = nil
        boundaries = []
        close(descriptor)
    }

    /// Stops reading: the command blocks when the pipe is full, as it would have on the output itself.
    package func pause() {
        isPaused = true
        watch?.stop()
    }

    /// Goes on reading.
    package func resume() {
        isPaused = false
        watch?.start()
    }

    /// The command has ended: what is in the pipe now is the last that this run wrote. It is read at once, as far as it
    /// can be passed on, so that it stands in front of what Kapo has to say of the end.
    package func markBoundary() {
        if isFinished { return }
        var unread: Int32 = 0
        // FIONREAD writes one int.
        guard unsafe ioctl(descriptor, UInt(FIONREAD), &unread) == 0 else { return }
        let position = bytesRead + UInt64(unread)
        if boundaries.last != position { boundaries.append(position) }
        passBoundaries()
        while !boundaries.isEmpty && !isPaused {
            let before = bytesRead
            readOnce()
            if bytesRead == before { break }
        }
    }

    /// True when everything up to the last boundary was handed out.
    package var isAtBoundary: Bool { boundaries.isEmpty }

    private func readOnce() {
        unsafe loop.passage.use { unsafe read(into: $0) }
        passBoundaries()
    }

    private func read(into passage: UnsafeMutableRawBufferPointer) {
        let room = boundaries.first.map { Int(clamping: $0 - bytesRead) } ?? passage.count
        let buffer = unsafe UnsafeMutableRawBufferPointer(rebasing: passage.prefix(room))
        let count = unsafe take(into: buffer)
        guard count > 0 else { return }
        bytesRead += UInt64(count)
        let filled = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
        unsafe countLines(in: filled)
        // The sink copies what it keeps; the buffer is not touched before it returns.
        unsafe filled.withMemoryRebound(to: UInt8.self) { unsafe sink.bytes($0.span) }
        if !isFinished { source?.passed(descriptor, count) }
    }

    private func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let source else {
            // The kernel writes at most as many bytes as the buffer has.
            return unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        var span = unsafe buffer.mutableBytes
        return source.read(descriptor, &span)
    }

    private func countLines(in bytes: UnsafeRawBufferPointer) {
        unsafe linesRead += UInt64(Newlines.count(in: bytes))
        isInLine = unsafe bytes.last != UInt8(ascii: "\n")
    }

    private func passBoundaries() {
        while let next = boundaries.first, next <= bytesRead {
            boundaries.removeFirst()
            if isInLine {
                isInLine = false
                linesRead += 1
            }
            sink.boundary()
        }
    }
}
