namespace Baton.Cluster.Tests;
