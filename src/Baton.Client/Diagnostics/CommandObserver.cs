using System.Diagnostics;
using Baton.Protocol.Commands;

namespace Baton.Client;

/// <summary>Spans and durations of commands, while somebody listens. The activity source is named <c>Baton.Client</c>.</summary>
internal sealed class CommandObserver(ClientContext client)
{
    private static readonly ActivitySource Source = new(LibraryInfo.Name, LibraryInfo.Version);

    /// <summary>True while somebody listens.</summary>
    public static bool IsNeeded => ClientMetrics.MeasuresOperations || Source.HasListeners();

    /// <summary>A command begins.</summary>
    public void Begin(PendingCommand command, ref CommandWriter writer) => Begin(command, NameOf(writer.Argument(0)));

    /// <summary>The same for an encoded one.</summary>
    public void Begin(PendingCommand command, ReadOnlySpan<byte> frame)
    {
        var reader = new Baton.Protocol.Resp.RespReader(frame);
        reader.Read();
        reader.Read();
        Begin(command, NameOf(reader.Value));
    }

    /// <summary>The same by its name, which is one of Redis' own.</summary>
    public void Begin(PendingCommand command, string name)
    {
        command.Name = name;
        command.StartedTimestamp = client.Options.TimeProvider.GetTimestamp();
        command.Observer = this;
        if (Source.HasListeners())
        {
            // The caller's own current span stays current: this one lives as long as the command, not as long as the call.
            var current = Activity.Current;
            command.Activity = Source.StartActivity(command.Name, ActivityKind.Client, default(ActivityContext), client.Tags);
            command.Activity?.SetTag("db.operation.name", command.Name);
            Activity.Current = current;
        }
    }

    /// <summary>Names that are not Redis' own are the caller's data: they would be too many for a metric.</summary>
    private static string NameOf(ReadOnlySpan<byte> word) => CommandTable.Redis.Find(word)?.Name ?? "OTHER";

    /// <summary>It has its reply or its error.</summary>
    public void OnEnded(PendingCommand command)
    {
        var error = command.Error switch
        {
            null => null,
            RedisServerException e => e.Code,
            var e => e.GetType().Name,
        };
        if (command.Activity is { } activity)
        {
            if (error is not null)
            {
                activity.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error, command.Error!.Message);
            }

            activity.Stop();
        }

        if (ClientMetrics.MeasuresOperations)
        {
            var tags = new TagList(client.Tags) { { "db.operation.name", command.Name } };
            if (error is not null)
            {
                tags.Add("error.type", error);
            }

            ClientMetrics.OperationEnded(client.Options.TimeProvider.GetElapsedTime(command.StartedTimestamp), tags);
        }
    }
}
