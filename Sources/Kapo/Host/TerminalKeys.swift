import Glibc

/// The keys of the terminal that is standard input, each as it is typed, and not shown; the terminal is as it was
/// before when this is gone.
package struct TerminalKeys: ~Copyable {
    private let before: termios

    /// Takes the keys. Nil when standard input is no terminal.
    package init?() {
        var state = termios()
        // The structs live through the calls, which fill and read them.
        guard unsafe tcgetattr(STDIN_FILENO, &state) == 0 else { return nil }
        before = state
        state.c_lflag &= ~tcflag_t(ICANON | ECHO)
        // A reading that waits for nothing: c_cc[VMIN] and c_cc[VTIME].
        state.c_cc.6 = 0
        state.c_cc.5 = 0
        Self.set(&state)
    }

    deinit {
        var state = before
        Self.set(&state)
    }

    private static func set(_ state: inout termios) {
        // Interrupted when this is a job in the background, which the terminal stops, and that goes on later.
        _ = retryingOnInterrupt { unsafe Int(tcsetattr(STDIN_FILENO, TCSANOW, &state)) }
    }

    /// The next key that was typed, as a byte; nil when there is none.
    package borrowing func next() -> UInt8? {
        var byte: UInt8 = 0
        // The kernel writes the one byte at most.
        return unsafe read(STDIN_FILENO, &byte, 1) == 1 ? byte : nil
    }
}
