import Host
import Loop

/// Connections to HTTP servers that checks use one after the other, for a short time: who wants each check to find out
/// whether the server still accepts connections keeps none.
final class KeptSockets: ClientSocketKeeper {
    /// One that nobody uses.
    private final class Kept: ClientSocketUser {
        let socket: ClientSocket
        let place: SocketPlace
        private unowned let owner: KeptSockets

        init(_ socket: ClientSocket, _ place: SocketPlace, _ owner: KeptSockets) {
            (self.socket, self.place, self.owner) = (socket, place, owner)
            socket.user = self
        }

        // Nothing that it says now is an answer to anybody.
        func connected() {}
        func received(_ bytes: ArraySlice<UInt8>) { owner.drop(self) }
        func ended() { owner.drop(self) }
        func failed(_ failure: ClientFailure) { owner.drop(self) }
    }

    private let loop: EventLoop
    /// Nanoseconds from the first answer on a connection to its end.
    private let time: Int64
    /// The one that was used last is the last.
    private var kept: [SocketPlace: [Kept]] = [:]
    private var count = 0
    private lazy var timer = Timer(loop) { [unowned self] in sweep() }
    private var isTimerSet = false

    /// Keeps them for so many nanoseconds.
    init(_ loop: EventLoop, time: Int64) {
        (self.loop, self.time) = (loop, time)
    }

    func take(_ place: SocketPlace) -> ClientSocket? {
        // Ends: each turn takes one away.
        while let last = kept[place]?.popLast() {
            count -= 1
            // What a server says unasked, and just now, would be taken for its answer to the next question.
            if isYoung(last.socket), last.socket.isSilent { return last.socket }
            last.socket.close()
        }
        return nil
    }

    func keep(_ socket: ClientSocket, to place: SocketPlace) {
        if socket.keptSince == nil { socket.keptSince = Clock.monotonic }
        guard isYoung(socket), count < Checker.Limits.kept else { return socket.close() }
        kept[place, default: []].append(Kept(socket, place, self))
        count += 1
        setTimer()
    }

    private func isYoung(_ socket: ClientSocket) -> Bool { Clock.monotonic - (socket.keptSince ?? 0) < time }

    private func drop(_ one: Kept) {
        one.socket.close()
        guard let index = kept[one.place]?.firstIndex(where: { $0 === one }) else { return }
        kept[one.place]?.remove(at: index)
        count -= 1
    }

    /// Has those closed whose time is over, as long as there are any.
    private func setTimer() {
        guard !isTimerSet, count > 0 else { return }
        isTimerSet = true
        timer.set(afterNanoseconds: time)
    }

    private func sweep() {
        isTimerSet = false
        for (place, sockets) in kept {
            let young = sockets.filter { isYoung($0.socket) }
            for old in sockets where !isYoung(old.socket) { old.socket.close() }
            count -= sockets.count - young.count
            kept[place] = young.isEmpty ? nil : young
        }
        setTimer()
    }
}
