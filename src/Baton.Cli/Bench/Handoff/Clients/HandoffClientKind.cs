namespace Baton.Cli.Bench.Handoff.Clients;

/// <summary>A client library that is compared.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="ConnectAsync">Connects it.</param>
internal sealed record HandoffClientKind(string Name, Func<ConnectOrder, Task<IHandoffClient>> ConnectAsync)
{
    /// <summary>Baton's client: the one the goals are for.</summary>
    public const string Baton = "Baton.Client";

    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<HandoffClientKind> All { get; } =
    [
        new("StackExchange.Redis", order => StackExchangeHandoffClient.ConnectAsync(order, usesBaton: false)),
        new("StackExchange.Redis+Baton", order => StackExchangeHandoffClient.ConnectAsync(order, usesBaton: true)),
        new(Baton, BatonHandoffClient.ConnectAsync),
    ];
}
