import Document

/// Texts of others in what the listener says.
enum HttpokText {
    /// What a command wrote, for standard error and for mails: with its line ends, but without what would change how a
    /// terminal shows it, and without the line end behind it all.
    static func lines(_ bytes: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            text += scalar == "\n" || scalar == "\t" ? String(scalar) : VisibleText.of(scalar)
        }
        while text.unicodeScalars.last == "\n" { text.unicodeScalars.removeLast() }
        return text
    }

    /// The subject of a mail.
    static func subject(_ options: HttpokOptions, _ fault: HttpokCheck.Outcome.Fault) -> String {
        let name = options.name.map { " [\($0)]" } ?? ""
        return "httpok\(name): \(VisibleText.of(options.url)): \(fault.rawValue)"
    }

    /// A mail, as sendmail(8) with `-t` takes it, and as superlance has it.
    static func mail(to addresses: [String], subject: String, _ text: String) -> String {
        "To: \(addresses.joined(separator: ", "))\nSubject: \(subject)\n\n\(text)"
    }
}
