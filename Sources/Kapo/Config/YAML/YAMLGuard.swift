/// Follows the events of a file and refuses what Kapo does not take of YAML.
struct YAMLGuard {
    /// What an event means here.
    enum Step {
        case document
        case alias
        case scalar(hasAnchor: Bool, hasTag: Bool)
        /// A list or a mapping begins.
        case open(hasAnchor: Bool, hasTag: Bool)
        case close
        case other
    }

    private var documents = 0
    private var depth = 0

    /// Takes the next one, which begins at `place`.
    mutating func take(_ step: Step, at place: YAMLPlace) throws(YAMLTrouble) {
        switch step {
        case .document:
            documents += 1
            guard documents == 1 else {
                throw YAMLTrouble(place: place, message: "a second document begins here; a file has one")
            }
        case .alias:
            throw YAMLTrouble(
                place: place,
                message: "aliases are not supported: write the value out, or quote a text that begins with '*'")
        case .scalar(let hasAnchor, let hasTag):
            try refuse(hasAnchor, hasTag, at: place)
        case .open(let hasAnchor, let hasTag):
            try refuse(hasAnchor, hasTag, at: place)
            depth += 1
            guard depth <= YAMLDocument.mostDepth else {
                throw YAMLTrouble(
                    place: place, message: "too deep: lists and mappings have \(YAMLDocument.mostDepth) levels at most")
            }
        case .close: depth -= 1
        case .other: break
        }
    }

    private func refuse(_ hasAnchor: Bool, _ hasTag: Bool, at place: YAMLPlace) throws(YAMLTrouble) {
        if hasAnchor {
            throw YAMLTrouble(
                place: place, message: "anchors are not supported: leave it out, or quote a text that begins with '&'")
        }
        if hasTag {
            throw YAMLTrouble(
                place: place,
                message: "tags are not supported: leave it out, or quote a text that begins with '!'")
        }
    }
}
