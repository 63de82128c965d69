/// The end of a server: who has asked gets an answer, and knows that it is the last one.
extension HTTPServer {
    /// From now on each answer is the last on its connection, and says so with `Connection: close`. Requests that came
    /// together with others are answered first. Streams end.
    package func finishConnections() {
        isFinishing = true
        contentChanged()
        for stream in streams { stream.end() }
    }

    /// True when nothing that was asked waits for its answer, or for the rest of it. To be asked once a round of the
    /// loop, because it goes by what has happened since: input of which evhttp makes nothing is no request yet.
    package func isQuiet() -> Bool {
        // Every one of them has to remember what it has seen.
        connections.filter { $0.isBusySinceLastLook() }.isEmpty
    }

    /// Closes the connections on which nothing is asked, and that have been answered nothing for that many seconds. One
    /// that turns out to have a request is answered.
    package func closeIdle(unusedForSeconds seconds: Int) {
        for connection in connections.filter({ $0.isIdle(forSeconds: seconds) }) { connection.closeIdle() }
    }
}

extension HTTPConnection {
    /// True while an answer is not sent, or evhttp has input of which it has made something since this was last asked.
    fileprivate func isBusySinceLastLook() -> Bool {
        guard !isLingering, unsafe filter != nil else { return false }
        if listening != nil { return hasOutput }
        if isOwedLater { return true }
        let left = waitingInput
        defer { inputAtLastLook = left }
        return hasOutput || left > 0 && left != inputAtLastLook
    }

    /// True when it waits for a request, and has for that long. One that was never answered may be about to ask.
    fileprivate func isIdle(forSeconds seconds: Int) -> Bool {
        guard unsafe reading != nil, !owesAnswer, !hasOutput, !isLingering else { return false }
        return seconds == 0 || answeredAt != 0 && server.loop.second - answeredAt >= seconds
    }
}
