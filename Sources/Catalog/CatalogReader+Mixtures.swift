import GRDB

/// Why the values that a list of runs is sorted or filtered by cannot be compared with each other.
public enum ListMixture: Sendable, Equatable {
    /// They are the objectives of the runs, and those are different metrics.
    case objectives([String])
    /// They are values of one metric, measured under different evaluation protocols.
    case protocols(metric: String, [ProtocolRecord])
}

extension CatalogReader {
    /// What the values by which a query sorts or filters mix, over all runs that match its filter. Empty for lists other than runs, and for a query that uses no metric.
    public func mixtures(_ query: ListQuery) throws -> [ListMixture] {
        var metrics: [String] = [], found: [ListMixture] = []
        for metric in query.metrics {
            guard metric == ListSource.objectiveName else {
                metrics.append(metric)
                continue
            }
            let objectives = try String.fetchAll(
                db, sql: "SELECT DISTINCT runs.objective FROM runs WHERE \(query.source.restricted(query.filter.sql)) ORDER BY 1", arguments: StatementArguments(query.filter.arguments))
            if objectives.count > 1 { found.append(.objectives(objectives)) }
            metrics += objectives
        }
        var seen: Set<String> = []
        for metric in metrics where seen.insert(metric).inserted {
            // Mostly there is one protocol, which is known before the filter is looked at.
            let all = try String.fetchAll(
                db, sql: "SELECT DISTINCT scores.protocol FROM scores WHERE scores.metric = ? AND scores.is_primary AND scores.best IS NOT NULL LIMIT 2", arguments: [metric])
            guard all.count > 1 else { continue }
            // One run of each protocol: its evaluations tell what the protocol was.
            let runs = try Int64.fetchAll(
                db, sql: """
                    SELECT MIN(scores.run) FROM scores WHERE scores.metric = ? AND scores.is_primary AND scores.best IS NOT NULL
                        AND scores.run IN (SELECT runs.number FROM runs WHERE \(query.source.restricted(query.filter.sql))) GROUP BY scores.protocol
                    """, arguments: StatementArguments([metric.databaseValue] + query.filter.arguments))
            if runs.count > 1 { found.append(.protocols(metric: metric, try protocols(ofRuns: runs, metric: metric))) }
        }
        return found
    }
}
