/// The table of `kapo ctl`, which is immortalctl's:
///
///      PID     Up   Down   Name   CMD
///     6940   7.9s          web    ./web --port 80
package struct ServiceTable {
    /// A colour of a terminal, by its number (ECMA-48, SGR).
    private enum Colour: Int {
        case red = 31
        case green = 32
        case yellow = 33
    }

    /// A part of a line, in one colour or in none.
    private typealias Part = (text: String, colour: Colour?)

    /// The cells of a line but for the last column.
    private struct Cells {
        var pid = "PID"
        var up = "Up"
        var down = "Down"
        var name = "Name"
    }

    private static let gap = "   "

    private let rows: [ServiceRow]

    /// A table of these rows, in the order of rows.
    package init(_ rows: [ServiceRow]) {
        self.rows = rows.sorted(by: ServiceRow.isBefore)
    }

    /// The lines, the header first. None is longer than `columns`, if that is not nil; control characters are escaped.
    package func lines(coloured: Bool, columns: Int? = nil) -> [String] {
        let cells = rows.map(Self.cells)
        let header = Cells()
        let pid = ([header] + cells).map(\.pid.count).max() ?? 0
        let up = ([header] + cells).map(\.up.count).max() ?? 0
        let down = ([header] + cells).map(\.down.count).max() ?? 0
        let name = ([header] + cells).map(\.name.count).max() ?? 0
        func start(_ cells: Cells) -> String {
            [(cells.pid, pid), (cells.up, up), (cells.down, down)]
                .map { Self.space($1 - $0.count) + $0 + Self.gap }.joined()
        }
        var lines: [[Part]] = [
            [(start(header) + header.name + Self.space(name - header.name.count) + Self.gap + "CMD", nil)]
        ]
        for (row, cells) in zip(rows, cells) {
            lines.append(
                [
                    (start(cells), nil), (cells.name + Self.space(name - cells.name.count), Self.colour(of: row)),
                    (Self.gap + VisibleText.of(row.status?.command ?? ""), nil),
                ] + Self.remarks(on: row).map { (" - " + VisibleText.of($0), .yellow) })
        }
        return lines.map { Self.text(of: $0, coloured, columns ?? .max) }
    }

    // MARK: Parts

    private static func cells(_ row: ServiceRow) -> Cells {
        let pid = row.status?.pid ?? 0
        var cells = Cells(pid: pid > 0 ? "\(pid)" : "", up: "", down: "", name: VisibleText.of(row.name))
        switch row.status?.phase {
        case .up(let time): cells.up = VisibleText.of(time)
        case .down(let time): cells.down = VisibleText.of(time)
        case .waiting, nil: break
        }
        return cells
    }

    private static func colour(of row: ServiceRow) -> Colour {
        guard let status = row.status else { return .red }
        switch status.phase {
        case .up, .waiting: return status.followsPidFile ? .yellow : .green
        case .down: return .red
        }
    }

    private static func remarks(on row: ServiceRow) -> [String] {
        var remarks: [String] = []
        if case .waiting(let text)? = row.status?.phase { remarks.append(text) }
        if !row.error.isEmpty { remarks.append(row.error) }
        return remarks
    }

    private static func space(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private static func text(of parts: [Part], _ coloured: Bool, _ columns: Int) -> String {
        var line = ""
        var left = columns
        for part in parts where left > 0 {
            let text = String(part.text.prefix(left))
            left -= text.count
            if coloured, let colour = part.colour {
                line += "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m"
            } else {
                line += text
            }
        }
        return line
    }
}
