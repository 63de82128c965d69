import Testing

@testable import Loop

@Suite("A list through the objects themselves")
struct LinkedListTests {
    private final class Element: LinkedElement {
        let number: Int
        var next: Element?
        var previous: Element?

        init(_ number: Int) { self.number = number }
    }

    /// The numbers from first to last, after a look at both directions.
    private static func numbers(_ list: LinkedList<Element>) -> [Int] {
        var (forth, back): ([Int], [Int]) = ([], [])
        var next = list.first
        while let element = next {
            forth.append(element.number)
            next = element.next
        }
        next = list.last
        while let element = next {
            back.append(element.number)
            next = element.previous
        }
        #expect(forth == back.reversed() && list.first?.previous == nil && list.last?.next == nil)
        return forth
    }

    @Test("elements are added at the end, in front, and behind any other")
    func insert() {
        var list = LinkedList<Element>()
        #expect(Self.numbers(list) == [])
        let elements = (0..<6).map(Element.init)
        list.append(elements[0])
        list.append(elements[1])
        list.insert(elements[2], behind: nil)
        #expect(Self.numbers(list) == [2, 0, 1])
        list.insert(elements[3], behind: elements[2])
        list.insert(elements[4], behind: elements[1])
        list.insert(elements[5], behind: elements[0])
        #expect(Self.numbers(list) == [2, 3, 0, 5, 1, 4])
        #expect(list.contains { $0.number == 5 } && !list.contains { $0.number == 6 })
        #expect(list.filter { $0.number > 2 }.map(\.number) == [3, 5, 4])
    }

    @Test("a random walk, beside an array", arguments: 1...20 as ClosedRange<UInt64>)
    func walk(_ seed: UInt64) {
        var state = seed
        func random(_ count: Int) -> Int {
            // Knuth's MMIX; the upper bits are the good ones.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        var (list, array): (LinkedList<Element>, [Element]) = (.init(), [])
        for number in 0..<500 {
            let element = Element(number)
            switch array.isEmpty ? random(3) : random(6) {
            case 0:
                list.append(element)
                array.append(element)
            case 1:
                list.insert(element, behind: nil)
                array.insert(element, at: 0)
            case 2:
                let index = random(array.count + 1)
                list.insert(element, behind: index == 0 ? nil : array[index - 1])
                array.insert(element, at: index)
            default:
                let gone = array.remove(at: random(array.count))
                list.remove(gone)
                #expect(gone.next == nil && gone.previous == nil)
            }
            #expect(Self.numbers(list) == array.map(\.number))
        }
        // Elements hold each other.
        for element in array { list.remove(element) }
        #expect(Self.numbers(list) == [])
    }

    @Test("a removed element is free again, and may be added elsewhere")
    func freed() {
        var (one, other) = (LinkedList<Element>(), LinkedList<Element>())
        var element: Element? = Element(1)
        weak let seen = element
        if let element {
            one.append(Element(0))
            one.append(element)
            one.append(Element(2))
            one.remove(element)
            other.append(element)
            #expect(Self.numbers(one) == [0, 2] && Self.numbers(other) == [1])
            other.remove(element)
        }
        element = nil
        #expect(seen == nil && Self.numbers(other) == [])
        while let first = one.first { one.remove(first) }
    }
}
