/// An object that can be in one list at a time. The list alone writes these.
package protocol LinkedElement: AnyObject {
    var next: Self? { get set }
    var previous: Self? { get set }
}

/// A list through the objects themselves, which takes no memory of its own and finds each one at once.
package struct LinkedList<Element: LinkedElement> {
    package private(set) var first: Element?
    package private(set) var last: Element?

    /// An empty list.
    package init() {}

    /// Adds an object, which is in no list, behind all others.
    package mutating func append(_ element: Element) { insert(element, behind: last) }

    /// Adds an object, which is in no list, behind one that is in this list, or before all of them.
    package mutating func insert(_ element: Element, behind other: Element?) {
        element.previous = other
        element.next = other == nil ? first : other?.next
        if let other { other.next = element } else { first = element }
        if let next = element.next { next.previous = element } else { last = element }
    }

    /// Removes an object, which is in this list.
    package mutating func remove(_ element: Element) {
        if let previous = element.previous { previous.next = element.next } else { first = element.next }
        if let next = element.next { next.previous = element.previous } else { last = element.previous }
        element.next = nil
        element.previous = nil
    }

    /// True when one of them is such.
    package func contains(where condition: (Element) -> Bool) -> Bool {
        var next = first
        while let element = next {
            if condition(element) { return true }
            next = element.next
        }
        return false
    }

    /// Those that are such: a copy, so that they can be removed meanwhile.
    package func filter(_ condition: (Element) -> Bool) -> [Element] {
        var found: [Element] = []
        _ = contains { element in
            if condition(element) { found.append(element) }
            return false
        }
        return found
    }
}
