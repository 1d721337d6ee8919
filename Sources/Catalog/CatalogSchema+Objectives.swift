extension CatalogSchema {
    /// The objective of each run. Earlier plans name none: theirs is the default for what the specification measures.
    ///
    /// The list is `Objective(measuring:)` when this migration was written: metrics in the order of preference, each with its main value.
    static let objectivesOfVersion4 = """
        ALTER TABLE runs ADD COLUMN objective TEXT NOT NULL DEFAULT 'fid';
        UPDATE runs SET objective = COALESCE((
            SELECT json_extract(preferred.value, '$[1]')
            FROM json_each('[["fid", "fid"], ["kid", "kid"], ["is", "is"], ["is_10", "is_10"], ["improved_precision_recall", "improved_precision"],
                ["density_coverage", "density"], ["modes", "modes"], ["prd", "prd_f8"], ["parzen", "log_likelihood"], ["manifold", "f1"],
                ["memorisation", "memorisation"]]') AS preferred
            WHERE json_extract(preferred.value, '$[0]') IN (SELECT value FROM json_each(runs.specification, '$.evaluation.metrics'))
            ORDER BY preferred.key LIMIT 1), 'fid')
        WHERE json_valid(specification);
        """
}
