import Glibc

/// Reads what a command writes into a pipe, as fast as it can be passed on and no faster.
@safe package final class Capture {
    /// Bytes read at once: the size of a pipe. Between two reads the loop serves everybody else.
    static let chunkBytes = 65536

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

    /// Bytes read since the beginning.
    package private(set) var bytesRead: UInt64 = 0
    /// Lines read since the beginning. The last one of a run counts without a newline too, once the run has ended.
    package private(set) var linesRead: UInt64 = 0
    private let descriptor: Int32
    private let sink: Sink
    private let buffer: UnsafeMutableRawBufferPointer
    private var watch: DescriptorWatch?
    /// Positions in the stream at which runs ended, ascending and each once: at most one for each byte in the pipe.
    private var boundaries: [UInt64] = []
    /// True when the last byte was no newline: the line goes on.
    private var isInLine = false
    private var isFinished = false
    private var isPaused = false

    /// Starts reading the pipe at `descriptor`, which it makes non-blocking and closes at its own end.
    package init(_ loop: EventLoop, _ descriptor: Int32, _ sink: Sink) {
        self.descriptor = descriptor
        self.sink = sink
        unsafe buffer = .allocate(byteCount: Self.chunkBytes, alignment: 16)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        watch = DescriptorWatch(loop, descriptor, .readable) { [unowned self] in readOnce() }
        watch?.start()
    }

    deinit {
        finish()
        unsafe buffer.deallocate()
    }

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
        let room = boundaries.first.map { Int(min($0 - bytesRead, UInt64(Self.chunkBytes))) } ?? Self.chunkBytes
        // The kernel writes at most `room` bytes, which is no more than the buffer has.
        let count = unsafe read(descriptor, buffer.baseAddress, room)
        guard count > 0 else { return }
        bytesRead += UInt64(count)
        let filled = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
        unsafe countLines(in: filled)
        // The sink copies what it keeps; the buffer is not touched before it returns.
        unsafe filled.withMemoryRebound(to: UInt8.self) { unsafe sink.bytes($0.span) }
        passBoundaries()
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
