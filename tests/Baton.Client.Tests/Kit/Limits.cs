namespace Baton.Client.Tests.Kit;

/// <summary>Measures limits from outside.</summary>
internal static class Limits
{
    /// <summary>How long a command that is sent now and not answered waits.</summary>
    public static async Task<TimeSpan> OfNewCommandAsync(ClientWorld world)
    {
        foreach (var connection in world.Network.Open)
        {
            connection.HoldsReplies = true;
        }

        var begin = world.Network.Now;
        await world.FailureOfAsync<RedisTimeoutException>(world.Client.ExecuteAsync($"INCR {"n"}").AsTask());
        var limit = world.Network.Now - begin;
        foreach (var connection in world.Network.Open)
        {
            connection.HoldsReplies = false;
        }

        await ClientWorld.RestAsync();
        return limit;
    }
}
