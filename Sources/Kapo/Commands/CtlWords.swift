import Config

/// The words behind `kapo ctl`, as ArgumentParser can read them. immortalctl has flags of one dash that it cannot have:
/// `-in` is no cluster, and `-h` is the signal HUP.
enum CtlWords {
    /// `-t web` becomes `--signal TERM web`, `-v` becomes `--version`, and `-h` that stands without any name `--help`.
    /// Behind a `--`, everything is as it was.
    static func translated(_ words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.count
        let hasName = words.indices.contains { $0 >= end || !words[$0].hasPrefix("-") }
        return words[..<end].flatMap { word in
            switch word {
            case "-h" where !hasName, "-help": ["--help"]
            case "-v": ["--version"]
            default: signal(word).map { ["--signal", $0] } ?? [word]
            }
        } + words[end...]
    }

    private static func signal(_ word: String) -> String? {
        CtlSignal.flags.first { word == "-\($0.flag)" }?.name
    }
}
