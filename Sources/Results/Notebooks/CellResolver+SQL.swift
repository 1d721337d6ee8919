import Canonical
import Catalog

extension CellResolver {
    /// What a query rests on: the counts of the views that it names. A query may read any row, so every new row makes it stale.
    func sqlBasis(_ source: String, _ reader: CatalogReader) throws -> CellBasis {
        let words = Set(source.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        var basis = CellBasis()
        basis.catalog = try reader.resultCounts().filter { name, _ in words.contains(name == "ended" ? "runs" : name) }
        return basis
    }
}
