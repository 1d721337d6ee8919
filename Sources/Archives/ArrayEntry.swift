/// One named array of an archive.
public struct ArrayEntry: Sendable, Equatable {
    /// Components of letters, digits, `_`, `-`, and `.`, joined by `/`: "generator/linear1/weight".
    public let name: String
    /// Extents; empty for a scalar.
    public let shape: [Int]
    /// Elements in row-major order: the last axis varies fastest.
    public let elements: ArrayElements

    /// - Precondition: the name is valid, and the shape matches the number of elements.
    public init(name: String, shape: [Int], elements: ArrayElements) {
        precondition(Self.isValid(name: name), "\"\(name)\" is not a valid array name")
        precondition(
            Self.count(of: shape) == elements.count, "\(name): shape \(shape) for \(elements.count) elements")
        self.init(unchecked: name, shape, elements)
    }

    /// For names from untrusted files, such as numpy archives.
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

    /// The number of elements of a shape; nil if an extent is negative or the product overflows.
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
