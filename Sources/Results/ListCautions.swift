public import Catalog
import Studies

/// What a reader of a list of runs has to know before comparing the values that it is sorted or filtered by.
public enum ListCautions {
    /// One sentence each: mixed objectives, mixed evaluation protocols with the fields in which they differ, and what the metric itself does not tell.
    public static func all(_ query: ListQuery, _ reader: CatalogReader) throws -> [String] {
        try reader.mixtures(query).map { mixture in
            switch mixture {
            case .objectives(let metrics): "These runs have different objectives (\(metrics.joined(separator: ", "))), whose values cannot be compared with each other."
            case .protocols(let metric, let protocols): "In these runs \(ResultsError.mixedProtocols(metric, protocols))."
            }
        } + query.metrics.flatMap(MetricChoice.cautions(of:))
    }
}
