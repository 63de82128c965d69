import Glibc

/// Who a command runs as, and what /etc/passwd and /etc/group say of it. They are read here, line by line: getpwnam(3)
/// loads libraries that nsswitch.conf(5) names, which a static program cannot.
package struct Account: Equatable, Sendable {
    /// The name of the user, or its number in digits where it has no name.
    package var name: [UInt8]
    package var user: UInt32
    package var group: UInt32
    /// All groups that its processes are in, `group` first.
    package var groups: [UInt32]
    package var home: [UInt8]
    package var shell: [UInt8]

    /// Why there is no such account, in words for people.
    package struct Failure: Error, Equatable, CustomStringConvertible, Sendable {
        package let description: String
    }

    /// Bytes that /etc/passwd and /etc/group have at most.
    static let mostBytes = 16_777_216

    /// Looks the user up, and the group if it is not to be the user's own: by number where the text is digits, else by
    /// name. A number need not be in the files.
    package static func find(user: Word, group: Word?) throws(Failure) -> Account {
        try Account(user: user, group: group, passwd: read("/etc/passwd"), groups: read("/etc/group"))
    }

    private static func read(_ path: String) throws(Failure) -> [UInt8] {
        do throws(SystemError) {
            return try File.contents(of: Word(path), limit: mostBytes) ?? []
        } catch {
            // An image may have none, and numbers are good without.
            if error.code == ENOENT { return [] }
            throw Failure(description: "\(path) cannot be read: \(SystemError.text(of: error.code))")
        }
    }

    /// What login(1) and systemd tell a process of its user.
    package var variables: [(name: [UInt8], value: [UInt8])] {
        [("HOME", home), ("LOGNAME", name), ("SHELL", shell), ("USER", name)].map { (Array($0.0.utf8), $0.1) }
    }
}

extension Account {
    /// The account as these files have it: passwd(5) and group(5). Of two lines the first counts. The user is in all
    /// groups that list it as a member, as initgroups(3) has it, whatever its own group is. A number without a line is
    /// a user without a name, whose own group has that number too.
    init(user: Word, group: Word?, passwd: [UInt8], groups file: [UInt8]) throws(Failure) {
        let users = Lines(passwd)
        let number = Self.number(user.bytes[...])
        let line = users.first { fields in
            guard fields.count >= 4, Self.number(fields[2]) != nil, Self.number(fields[3]) != nil else { return false }
            return number == nil ? fields[0] == user.bytes[...] : Self.number(fields[2]) == number
        }
        if let line, let own = Self.number(line[2]), let group = Self.number(line[3]) {
            (name, self.user, self.group) = (Array(line[0]), own, group)
        } else if let number {
            (name, self.user, self.group) = (Array("\(number)".utf8), number, number)
        } else {
            throw Failure(description: "there is no user '\(user.text)' in /etc/passwd")
        }
        home = line.map { $0.count > 5 ? Array($0[5]) : [] } ?? []
        shell = line.map { $0.count > 6 ? Array($0[6]) : [] } ?? []
        if home.isEmpty { home = Array("/".utf8) }
        // passwd(5): an empty field is this shell.
        if shell.isEmpty { shell = Array("/bin/sh".utf8) }

        let known = Lines(file)
        if let group { self.group = try Self.number(of: group, in: known) }
        groups = [self.group]
        if line != nil { addGroups(of: name[...], from: known) }
    }

    private mutating func addGroups(of member: ArraySlice<UInt8>, from file: Lines) {
        for fields in file where fields.count >= 4 {
            guard let number = Self.number(fields[2]), !groups.contains(number) else { continue }
            if fields[3].split(separator: UInt8(ascii: ",")).contains(member) { groups.append(number) }
        }
    }

    private static func number(of group: Word, in file: Lines) throws(Failure) -> UInt32 {
        if let number = number(group.bytes[...]) { return number }
        let line = file.first { $0.count >= 3 && $0[0] == group.bytes[...] && number($0[2]) != nil }
        guard let line, let number = number(line[2]) else {
            throw Failure(description: "there is no group '\(group.text)' in /etc/group")
        }
        return number
    }

    /// What decimal digits say; nil for anything else, and for the number that means "none" to the kernel.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        guard bytes.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return UInt32(String(decoding: bytes, as: UTF8.self)).flatMap { $0 == .max ? nil : $0 }
    }

    /// The lines of such a file, cut at the colons. Comments, lines for NIS (`+` and `-`) and lines with a zero byte
    /// are none.
    private struct Lines: Sequence {
        private let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func makeIterator() -> some IteratorProtocol<[ArraySlice<UInt8>]> {
            let others = Array("#+-".utf8)
            return bytes.split(separator: UInt8(ascii: "\n")).lazy
                .filter { line in !others.contains(line[line.startIndex]) && !line.contains(0) }
                .map { $0.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) }
                .makeIterator()
        }
    }
}
