using Baton.TestKit.Processes;
using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>What unmodified clients went through while every operation ran under their load.</summary>
public abstract class EveryOperationTests(Campaign campaign)
{
    private string Course => string.Join('\n', campaign.Operations.Select(operation => $"{operation.Name}: {operation.Action}"));

    public static TheoryData<string> ClientsThatHandOff => [.. ClientProfiles.HandoffNames];

    public static TheoryData<string> ClientsThatReportFrames =>
        [.. ClientProfiles.HandoffNames.Where(name => name.StartsWith("node-redis", StringComparison.Ordinal))];

    public static TheoryData<string> ClientsOfShardOperations => [.. ClientProfiles.ShardNames];

    [Fact]
    public void every_operation_completes() =>
        Assert.All(campaign.Operations, operation => Assert.True(operation.Completed, $"{operation.Name}: {operation.Action}"));

    [Theory]
    [MemberData(nameof(ClientsThatHandOff))]
    public void no_command_of_an_opted_in_client_fails_in_any_operation(string client)
    {
        SkipWithoutNode(client);
        var verdict = campaign.Verdict(client);
        Assert.True(verdict.IsClean && verdict.Reconnects == 0, $"{verdict}\n{Course}");
    }

    [Theory]
    [MemberData(nameof(ClientsOfShardOperations))]
    public void no_command_and_no_connection_of_any_client_is_lost_in_a_shard_operation(string client)
    {
        SkipWithoutNode(client);
        var verdict = campaign.Verdict(client);
        Assert.True(verdict.IsClean && verdict.Reconnects == 0 && verdict.KeptItsConnection, $"{verdict}\n{Course}");
    }

    [Theory]
    [MemberData(nameof(ClientsThatReportFrames))]
    public void node_redis_is_told_of_each_operation_once_and_in_order(string client)
    {
        SkipWithoutNode(client);
        Assert.Equal(campaign.Announced, campaign.Verdict(client).Notifications.Select(WithoutTimeAndTarget));
    }

    [Theory]
    [InlineData("node-redis disabled-hard")]
    [InlineData("node-redis resp2-hard")]
    public void a_client_that_did_not_opt_in_is_told_nothing(string client)
    {
        SkipWithoutNode(client);
        Assert.Empty(campaign.Verdict(client).Notifications);
    }

    private static void SkipWithoutNode(string client)
    {
        if (NodePeer.Missing is { } missing && (client.Split(' ')[0] is "node-redis" or "ioredis"))
        {
            Assert.Skip(missing);
        }
    }

    // "MIGRATING 1 2 ["1"]" -> "MIGRATING 1 ["1"]"; MOVING keeps type and sequence: the target depends on what each client asked for.
    private static string WithoutTimeAndTarget(string push)
    {
        var words = push.Split(' ');
        return words[0] switch
        {
            "MOVING" => $"{words[0]} {words[1]}",
            "MIGRATING" or "FAILING_OVER" => string.Join(' ', words.Take(2).Concat(words.Skip(3))),
            _ => push,
        };
    }
}
