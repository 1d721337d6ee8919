/// One named array of an archive.
public struct ArrayEntry: Sendable, Equatable {
    /// Parts of letters, digits, `_`, `-` and `.`, joined by `/`: "generator/linear1/weight".
    public let name: String
    /// Empty for a single number.
    public let shape: [Int]
    /// In row-major order: the last axis varies fastest.
    public let elements: ArrayElements

    /// - Precondition: the name is of the form above and the shape has as many elements as there are.
    public init(name: String, shape: [Int], elements: ArrayElements) {
        precondition(Self.isValid(name: name), "\"\(name)\" is no name for an array")
        precondition(
            Self.count(of: shape) == elements.count, "\(name): shape \(shape) for \(elements.count) elements")
        self.init(unchecked: name, shape, elements)
    }

    /// For names that strangers chose, as in archives of numpy.
    init(unchecked name: String, _ shape: [Int], _ elements: ArrayElements) {
        self.name = name
        self.shape = shape
        self.elements = elements
    }

    static func isValid(name: String) -> Bool {
        guard name.utf8.count <= 500, name != Archive.manifestMember else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            part != "" && part != "." && part != ".." && part.utf8.allSatisfy(isAllowed)
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// The number of elements of a shape; nil where an extent is negative or the product does not fit.
    static func count(of shape: [Int]) -> Int? {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}
