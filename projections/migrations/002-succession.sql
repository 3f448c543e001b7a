-- When a generation of topics is succeeded by another one, the owner moves checkpoints and parked events there in one transaction
-- (`npm run reseed`); for that it sees them all.
CREATE POLICY moved_by_owner ON read_model.parked TO CURRENT_USER USING (true);
