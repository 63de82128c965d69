import Glibc

extension LogFile {
    /// False for a second after a rotation or a reopening has failed.
    func mayTurn(at now: Int64) -> Bool {
        failedAt.map { !(0..<Self.pause).contains(now - $0) } ?? true
    }

    /// How many of the bytes, of which there are some, belong into the file that is open after this: all, or up to the
    /// end of a line, behind which it is another one's turn.
    func nextPiece(of rest: UnsafeRawBufferPointer, at now: Int64) -> Int {
        if turn == nil, let limit = options.size, isRegular, mayTurn(at: now) {
            let room = limit - bytes
            if rest.count <= room { return rest.count }
            let fitting = unsafe UnsafeRawBufferPointer(rebasing: rest[..<max(0, room)])
            if let end = unsafe Lines.lastEnd(in: fitting) { return end }
            if !isInLine && bytes == 0 { return unsafe lineEnd(in: rest) }
            turn = .rotation
        }
        guard turn != nil else { return rest.count }
        if isInLine { return unsafe lineEnd(in: rest) }
        makeTurn(at: now)
        // Ends: there is no turn now, and none follows another, for a new file is empty or its turn has failed.
        return unsafe nextPiece(of: rest, at: now)
    }

    private func lineEnd(in bytes: UnsafeRawBufferPointer) -> Int {
        unsafe Lines.firstEnd(in: bytes) ?? bytes.count
    }

    /// Opens another file, after a rotation if that is due.
    func makeTurn(at now: Int64) {
        let turn = turn
        self.turn = nil
        guard mayTurn(at: now) else { return }
        let hadFailed = failedAt != nil
        failedAt = nil
        do throws(SystemError) {
            // Whoever moved the file has rotated it.
            let isThere = place.status.map { LogPlace.Identity($0) == identity } ?? false
            if turn == .rotation && isThere { try rotate() } else { file = try place.open() }
            begin(at: now)
        } catch {
            failedAt = now
            if !hadFailed { report(turn == .rotation ? .notRotated(error) : .notReopened(error)) }
        }
    }

    /// Renames the files, and opens a new one with the mode and the owner of the old one. When anything fails, the old
    /// one is still open, and at its path if that is possible.
    private func rotate() throws(SystemError) {
        let place = place.resolved
        let number = options.number ?? LogFileOptions.defaultNumber
        if number == 0 {
            try place.remove()
        } else {
            // The last one takes the place of the oldest.
            for index in stride(from: number - 1, to: 0, by: -1) {
                try place.with(".\(index)").rename(to: place.with(".\(index + 1)"))
            }
            try place.rename(to: place.with(".1"))
        }
        var status = stat()
        // The kernel fills the struct during the call.
        unsafe fstat(file.number, &status)
        do throws(SystemError) {
            file = try place.open()
        } catch {
            if number > 0 { try? place.with(".1").rename(to: place) }
            throw error
        }
        // Only root can give files away, and a mode that is not kept is no reason to lose lines.
        _ = fchown(file.number, status.st_uid, status.st_gid)
        _ = fchmod(file.number, status.st_mode & 0o777)
    }
}
