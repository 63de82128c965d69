import CLibevent
import Glibc

/// Where output goes: a descriptor that Kapo shares with others and that may block, written without ever blocking.
///
/// The descriptor's own flags are left alone, for other programs share them. A pipe or a terminal is opened anew
/// through /proc for a non-blocking description of Kapo's own; a socket is written with MSG_DONTWAIT; a file never
/// blocks. Where none of that is possible, what fits in a pipe that poll(2) calls writable is written and no more.
@safe package final class Outlet {
    private enum Way {
        /// write(2) does not wait.
        case write
        case send
        /// write(2) could wait, so poll(2) is asked first.
        case pollFirst
    }

    /// Called when everything that waited has been written.
    package var whenDrained: (() -> Void)?
    /// True once nobody will read any more (EPIPE): what is written from then on is dropped.
    package private(set) var isBroken = false
    /// Called with the errno when bytes begin to be lost to another error, such as a full disk. Writing goes on.
    package var whenLosing: ((Int32) -> Void)?

    private let descriptor: Int32
    private let isOwner: Bool
    private let way: Way
    private let queue: OpaquePointer
    private var watch: DescriptorWatch?
    private var retry: Timer?
    private var isLosing = false

    /// An outlet for `descriptor`, which must stay open as long as the outlet.
    package init(_ loop: EventLoop, _ descriptor: Int32) {
        guard let queue = unsafe evbuffer_new() else { preconditionFailure("no memory for a buffer") }
        unsafe self.queue = queue
        (self.descriptor, way) = Self.open(descriptor)
        isOwner = self.descriptor != descriptor
        watch = DescriptorWatch(loop, self.descriptor, .writable) { [unowned self] in drain() }
        retry = Timer(loop) { [unowned self] in drain() }
    }

    /// An outlet for a descriptor that nobody else writes to, which it makes non-blocking and closes at its own end.
    package init(_ loop: EventLoop, owning descriptor: Int32) {
        guard let queue = unsafe evbuffer_new() else { preconditionFailure("no memory for a buffer") }
        unsafe self.queue = queue
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        (self.descriptor, way, isOwner) = (descriptor, .write, true)
        watch = DescriptorWatch(loop, descriptor, .writable) { [unowned self] in drain() }
        retry = Timer(loop) { [unowned self] in drain() }
    }

    deinit {
        watch = nil
        unsafe evbuffer_free(queue)
        if isOwner { close(descriptor) }
    }

    /// True while bytes wait for the reader at the other end.
    package var isBlocked: Bool { waiting > 0 }

    /// How many bytes wait.
    package var waiting: Int { unsafe evbuffer_get_length(queue) }

    /// Writes the bytes, after those that wait; what cannot be written now waits too.
    package func write(_ bytes: Span<UInt8>) {
        if isBroken { return }
        // Nothing keeps the pointer: the queue copies.
        unsafe bytes.withUnsafeBytes { bytes in
            let written = unsafe isBlocked ? 0 : writeNow(bytes)
            if written < bytes.count && !isBroken {
                unsafe evbuffer_add(queue, bytes.baseAddress.unsafelyUnwrapped + written, bytes.count - written)
                wait()
            }
        }
    }

    private func wait() {
        // Where epoll has no room for one more descriptor, trying again is all that is left.
        if watch?.start() == false { retry?.set(afterNanoseconds: 100_000_000) }
    }

    private func drain() {
        while isBlocked {
            let count = unsafe evbuffer_get_contiguous_space(queue)
            guard let start = unsafe evbuffer_pullup(queue, count) else { return wait() }
            let written = unsafe writeNow(UnsafeRawBufferPointer(start: start, count: count))
            unsafe evbuffer_drain(queue, isBroken ? waiting : written)
            if written < count && !isBroken { return wait() }
        }
        watch?.stop()
        whenDrained?()
    }

    /// How many of the bytes are dealt with: written, or lost to an error that waiting does not mend.
    private func writeNow(_ bytes: UnsafeRawBufferPointer) -> Int {
        var done = 0
        while done < bytes.count {
            let written = unsafe writeOnce(UnsafeRawBufferPointer(rebasing: bytes[done...]))
            if written >= 0 {
                done += written
                isLosing = false
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return done
            case EPIPE:
                isBroken = true
                return bytes.count
            default:
                let code = errno
                if !isLosing {
                    isLosing = true
                    whenLosing?(code)
                }
                return bytes.count
            }
        }
        return done
    }

    private func writeOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch way {
        case .write: return unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        case .send:
            let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
            return unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
        case .pollFirst:
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe Glibc.poll(&poll, 1, 0) == 1 else {
                errno = EAGAIN
                return -1
            }
            return unsafe Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, Int(PIPE_BUF)))
        }
    }

    private static func open(_ descriptor: Int32) -> (Int32, Way) {
        var status = stat()
        // The kernel fills the struct during the call.
        guard unsafe fstat(descriptor, &status) == 0 else { return (descriptor, .write) }
        switch status.st_mode & S_IFMT {
        case S_IFSOCK: return (descriptor, .send)
        case S_IFIFO, S_IFCHR:
            let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
            let own = unsafe Glibc.open("/proc/self/fd/\(descriptor)", flags)
            return own >= 0 ? (own, .write) : (descriptor, .pollFirst)
        default: return (descriptor, .write)
        }
    }
}
