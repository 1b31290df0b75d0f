using MuseumPipeline.Store.Contracts;
using MuseumPipeline.Store.Sql.Audit;
using MuseumPipeline.Store.Sql.Calls;
using MuseumPipeline.Store.Sql.Curation;
using MuseumPipeline.Store.Sql.Dashboard;
using MuseumPipeline.Store.Sql.Events;
using MuseumPipeline.Store.Sql.Ledger;
using MuseumPipeline.Store.Sql.Loads;
using MuseumPipeline.Store.Sql.Notices;
using MuseumPipeline.Store.Sql.Quarantine;
using MuseumPipeline.Store.Sql.Retention;

namespace MuseumPipeline.Store.Sql;

/// <summary>What each database provides; the classes over it are the same for both.</summary>
internal sealed record SqlRooms(SqlDatabase Database, IBulkWriter Bulk, ISourceLocks Locks, IAnnouncer Announcer)
{
    public MuseumStore Open(string target, string describe, int writers) =>
        new(target, describe, writers)
        {
            Maintenance = new SqlMaintenance(Database),
            Museums = new SqlMuseums(Database),
            Buttons = new SqlButtons(Database),
            Runs = new SqlRuns(Database),
            Sources = new SqlSources(Database, Bulk, Locks),
            Imports = new SqlImports(Database),
            Ledger = new SqlSourceLedger(Database, Bulk),
            Partitions = new SqlPartitions(Database, Bulk, Announcer),
            Quarantine = new SqlQuarantine(Database, Bulk),
            HelpCalls = new SqlHelpCalls(Database, Announcer),
            Incidents = new SqlIncidents(Database, Announcer),
            Counts = new SqlCounts(Database),
            Events = new SqlEvents(Database),
            Export = new SqlEventExport(Database),
            Retention = new SqlRetention(Database),
            Notices = new SqlNotices(Database),
            Annotations = new SqlAnnotations(Database),
            Targets = new SqlTargets(Database),
            FloorPlans = new SqlFloorPlans(Database),
            Users = new SqlUsers(Database),
            Tokens = new SqlTokens(Database),
            CookieKeys = new SqlCookieKeys(Database),
            OperatorLog = new SqlOperatorLog(Database),
            Audit = new SqlAudit(Database),
            Connections = Database,
        };
}
